import { z } from 'zod';

/** The body of `POST /session`. */
export const SignInSchema = z
  .object({ token: z.string().min(1, 'It must not be empty.').meta({ description: 'The value of AWO_API_TOKEN' }) })
  .meta({ id: 'SignIn' });
