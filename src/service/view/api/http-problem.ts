/** An error that is answered with its status and its message. */
export function httpProblem(statusCode: number, message: string): Error & { readonly statusCode: number } {
  return Object.assign(new Error(message), { statusCode });
}
