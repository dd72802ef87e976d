import { z } from 'zod';
import { ERROR_CATALOGUE } from '../domain/error-catalogue.ts';

const FaultSchema = z
  .object({
    path: z.string().meta({
      description: 'Where the fault is: a field of the body, a parameter of the query, or a header',
      example: 'user_request',
    }),
    message: z.string().meta({ example: 'It must not be empty.' }),
  })
  .meta({ id: 'Fault' });

/** Every error of the service: RFC 9457, with a stable code, a next step for the person, and each fault by its path. */
export const ProblemSchema = z
  .object({
    type: z.string().meta({ description: 'Always about:blank: the code says the kind', example: 'about:blank' }),
    title: z.string().meta({ example: 'The request does not fit' }),
    status: z.int().meta({ description: 'The status of the response', example: 422 }),
    detail: z.string().meta({
      description: 'One sentence with the particulars',
      example: 'user_request: It must not be empty.',
    }),
    code: z.string().meta({
      description: `Stable. Those of this service: ${requestCodes().join(', ')}`,
      example: 'invalid_request',
    }),
    next_step: z.string().meta({
      description: 'What the person can do now',
      example: 'Correct the fields that are named.',
    }),
    errors: z.array(FaultSchema).readonly().optional().meta({ description: 'Every fault, where there are several' }),
  })
  .meta({ id: 'Problem', description: 'An error, as RFC 9457 says' });
export type Problem = z.infer<typeof ProblemSchema>;

/** The codes that a request can meet. */
function requestCodes(): readonly string[] {
  return Object.entries(ERROR_CATALOGUE)
    .filter(([, definition]) => 'httpStatus' in definition)
    .map(([code]) => code);
}
