/** The Containerfile: read by a parser of its own, and held to the rules that linters of containers agree on. */
import { assert, describe, it } from "@effect/vitest"
import { validate } from "dockerfile-utils"
import { readFileSync } from "node:fs"
import { fileURLToPath } from "node:url"

const text = readFileSync(fileURLToPath(new URL("../../deploy/Containerfile", import.meta.url)), "utf8")

interface Instruction {
  readonly name: string
  readonly words: string
}

/** Instructions in order, continued lines joined, comments gone. */
const instructions = (source: string): ReadonlyArray<Instruction> =>
  source.split("\n").filter((line) => !/^\s*(?:#|$)/.test(line)).join("\n").replaceAll(/\\\n\s*/g, " ").split("\n")
    .map((line) => ({ name: line.split(/\s/, 1)[0] ?? "", words: line.replace(/^\S+\s*/, "") }))

const problems = (source: string): ReadonlyArray<string> => {
  const all = instructions(source)
  const named = (name: string) => all.filter((one) => one.name === name)
  const last = (name: string) => named(name).at(-1)?.words
  return [
    ...named("FROM").filter(({ words }) => !/^\S+\/\S+:\d\S*$/.test(words)).map(() =>
      "FROM names no registry and version"
    ),
    ...(/^(?:0|root)?(?::|$)/.test(last("USER") ?? "") ? ["runs as root"] : []),
    ...[...named("CMD"), ...named("ENTRYPOINT")].filter(({ words }) => !words.startsWith("[")).map(({ name }) =>
      `${name} goes through a shell`
    ),
    ...(/CMD \[/.test(last("HEALTHCHECK") ?? "") ? [] : ["has no health check, or one that goes through a shell"]),
    ...named("WORKDIR").filter(({ words }) => !words.startsWith("/")).map(() => "WORKDIR is relative"),
    ...named("ADD").map(() => "ADD instead of COPY"),
    ...named("RUN").flatMap(({ words }) => [
      ...(/apt-get install(?!.*--no-install-recommends)/.test(words) ? ["installs what is only recommended"] : []),
      ...(/apt-get install(?!.*(?:--yes|-y))/.test(words) ? ["apt-get asks"] : []),
      ...(/apt-get update(?!.*rm -rf \/var\/lib\/apt\/lists)/.test(words) ? ["keeps the lists of apt"] : []),
      ...(/\bsudo\b/.test(words) ? ["sudo"] : []),
      ...(/npm install(?!.*npm cache clean)/.test(words) ? ["keeps the cache of npm"] : []),
      ...(/npm install .*@(?:latest|next)\b/.test(words) ? ["installs whatever is newest"] : []),
      ...(/\|(?!\|)/.test(words) && !named("SHELL").some((one) => one.words.includes("pipefail"))
        ? ["a pipe hides failures"]
        : [])
    ])
  ]
}

describe("the Containerfile", () => {
  it("is one", () => assert.deepStrictEqual(validate(text).map(({ message }) => message), []))
  it("keeps the rules", () => assert.deepStrictEqual(problems(text), []))

  for (
    const [broken, problem] of [
      ["FROM node:latest\nUSER 1", "FROM names no registry and version"],
      ["FROM a/b:1\nUSER root", "runs as root"],
      ["FROM a/b:1\nUSER 1\nENTRYPOINT orch-server", "ENTRYPOINT goes through a shell"],
      ["FROM a/b:1\nRUN apt-get install -y git", "installs what is only recommended"],
      ["FROM a/b:1\nRUN apt-get update && apt-get install -y --no-install-recommends git", "keeps the lists of apt"],
      ["FROM a/b:1\nRUN cat a | sh", "a pipe hides failures"],
      ["FROM a/b:1\nWORKDIR orch", "WORKDIR is relative"]
    ] as const
  ) {
    it(`would not be let ${problem}`, () => assert.include(problems(broken), problem))
  }
})
