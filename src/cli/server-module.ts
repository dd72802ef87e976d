/** Loads the service itself, which is only done when one is really started: the rest of the command line starts fast. */
export async function loadServer() {
  return await import('../server.ts');
}
