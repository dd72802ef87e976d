import { configure } from '@testing-library/react';

/** Before each file of tests: a busy machine takes longer than the second that the library waits for something to appear. */
configure({ asyncUtilTimeout: 20_000 });
