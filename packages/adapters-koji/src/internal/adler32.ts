/** Adler-32 as eight hex digits: the digest that hubs of every version give of an upload. */

const modulus = 65_521
/** The most bytes after which the sums still fit into 32 bits, from RFC 1950. */
const block = 5552

export const adler32 = (bytes: Uint8Array): string => {
  let a = 1
  let b = 0
  for (let start = 0; start < bytes.byteLength; start += block) {
    const end = Math.min(start + block, bytes.byteLength)
    for (let index = start; index < end; index++) {
      a += bytes[index] as number
      b += a
    }
    a %= modulus
    b %= modulus
  }
  return (((b << 16) | a) >>> 0).toString(16).padStart(8, "0")
}
