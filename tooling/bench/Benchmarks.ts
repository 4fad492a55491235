/** Which benchmarks there are, which of them words mean, and what is said to who asks for help or for one that there is not. */

/** What `scale` stands for: how it goes at scale. */
export const scale = ["engine", "http", "koji", "start", "idle", "lists"]

/** What a benchmark is called for short: its file's name, or its folder's where that says nothing. */
export const nameOf = (path: string): string => {
  const parts = path.split("/")
  return parts.at(-1)!.replace(/\.bench\.ts$/, "")
}

const isMeant = (path: string, word: string): boolean =>
  word === "scale" ? scale.includes(nameOf(path)) : path.toLowerCase().includes(word)

/** Those with one of the words in their path, and all of them without any word; and the words that mean none. */
export const chosen = (
  all: ReadonlyArray<string>,
  words: ReadonlyArray<string>
): { readonly paths: ReadonlyArray<string>; readonly unknown: ReadonlyArray<string> } => ({
  paths: all.filter((path) => words.length === 0 || words.some((word) => isMeant(path, word))),
  unknown: words.filter((word) => !all.some((path) => isMeant(path, word)))
})

/** How many letters have to be put in, taken out or exchanged to make one word of the other. */
const distance = (one: string, other: string): number => {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1]
    for (let at = 0; at < other.length; at++) {
      next.push(Math.min(next[at]! + 1, row[at + 1]! + 1, row[at]! + (other[at] === letter ? 0 : 1)))
    }
    row = next
  }
  return row[other.length]!
}

const names = (all: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(all.map(nameOf)), "scale"].sort()

/** What is said of a word that means no benchmark. */
export const unknown = (all: ReadonlyArray<string>, word: string): string => {
  const near = names(all).filter((name) => distance(word, name) <= Math.max(2, Math.floor(word.length / 3)))
  const advice = near.length > 0 ? `did you mean ${near.join(" or ")}?` : `there is: ${names(all).join(", ")}`
  return `bench: no benchmark has "${word}" in its path; ${advice}`
}

/** What `--help` says. */
export const help = (all: ReadonlyArray<string>): string =>
  `bench: measures, and prints ours, the peer or bound beside it, their ratio, and whether what is asked holds

Usage:
  pnpm bench [word…] [-- argument…]     run the benchmarks with one of the words in their path, or all of them
  pnpm bench --help                     this text

Words:
  scale   how it goes at scale, in ten minutes at most: ${scale.join(", ")}
${names(all).filter((name) => name !== "scale").map((name) => `  ${name}`).join("\n")}

What is behind -- is handed on to each. The exit code is 1 where something does not hold or cannot be measured.

PostgreSQL is ORCH_TEST_DATABASE_URL, or a server that answers at 127.0.0.1:5432 without a password. Real metadata is looked for
in ORCH_SHARED_DATA, or in shared/data beside the checkout or above it. Peers that are missing are fetched or installed where
that may be done, and else it is said how to get them.

Examples:
  pnpm bench scale                                        the table by which scale is judged
  pnpm bench engine -- --store pglite --rounds 3          one benchmark, with arguments of its own
  pnpm bench koji idle                                    two of them`
