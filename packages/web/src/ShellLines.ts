/** Lines for a shell, for people to copy. What they name comes from outside, so every word is quoted that a shell would read otherwise. */

const plain = /^[\w@%+=:,./~-]+$/

/** One word of a command line. */
export const word = (text: string): string => plain.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** A command with its arguments. */
export const line = (...words: ReadonlyArray<string>): string => words.map(word).join(" ")

/** An address as others reach it. `origin` is where this server is reached, for those that are paths of it. */
export const absolute = (address: string, origin: string): string =>
  address.startsWith("/") ? `${origin}${address}` : address

/** The command by which dnf does something with one repository alone, which it need not know. */
export const dnf = (name: string, url: string, origin: string, ...what: ReadonlyArray<string>): string =>
  line("dnf", `--repofrompath=${name},${absolute(url, origin)}`, `--repo=${name}`, "--nogpgcheck", ...what)
