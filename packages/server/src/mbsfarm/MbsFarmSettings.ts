/** How a Module Build Service is used as the farm. */
import * as Result from "effect/Result"
import * as Setting from "../Setting.ts"

const submits = ["modulemd", "scmurl"] as const

const url = (given: string): Result.Result<string, Error> => {
  const plain = given.replace(/\/+$/, "")
  const parsed = URL.parse(plain)
  const isRoot = parsed !== null && /^https?:$/.test(parsed.protocol) && parsed.search === "" && parsed.hash === ""
  return plain === "" || (isRoot && parsed.username === "")
    ? Result.succeed(plain)
    : Result.fail(new Error(`"${given}" is not an address such as https://mbs.example.org`))
}

export const settings = {
  mbsFarmUrl: Setting.read("ORCH_MBS_FARM_URL", url, {
    about:
      "Root of the Module Build Service that owns module builds, where ORCH_BUILD_SYSTEM is mbs, such as https://mbs.example.org; "
      + "docs/mbs-farm.md.",
    fallback: ""
  }),
  mbsFarmTokenFile: Setting.optionalText("ORCH_MBS_FARM_TOKEN_FILE", {
    about:
      "File of the token that is sent to it, read for each request that changes something. Without it none is sent."
  }),
  mbsFarmSubmits: Setting.read(
    "ORCH_MBS_FARM_SUBMITS",
    (text: string): Result.Result<(typeof submits)[number], Error> => {
      const found = submits.find((one) => one === text)
      return found === undefined
        ? Result.fail(new Error(`"${text}" is neither ${submits.join(" nor ")}`))
        : Result.succeed(found)
    },
    {
      about:
        "What is submitted to it: modulemd (it has to allow YAML submissions), or scmurl, by which a commit is built only once for "
        + "each choice of streams.",
      fallback: "modulemd"
    }
  ),
  mbsFarmInterval: Setting.integer("ORCH_MBS_FARM_INTERVAL", {
    about:
      "Milliseconds between two questions to it about a build that keeps changing; of one that does not, the time grows to five "
      + "minutes. Its messages make it be asked sooner.",
    fallback: "15000",
    minimum: 100,
    maximum: 300_000
  }),
  mbsFarmArches: Setting.list("ORCH_MBS_FARM_ARCHES", {
    about: "Architectures that it builds for, separated by commas; plans name them, and it decides.",
    fallback: "x86_64"
  })
}

export interface Values extends Setting.Values<typeof settings> {}
