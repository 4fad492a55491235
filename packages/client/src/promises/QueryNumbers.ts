/** Numbers in the queries of the Promise client. */

/** Numbers as the query writes them; what is not given is left out. */
export const numbers = <const Name extends string>(
  given: { readonly [key in Name]?: number | undefined }
): { readonly [key in Name]?: string } =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, number]) => number === undefined ? [] : [[name, `${number as number}`]])
  ) as { readonly [key in Name]?: string }
