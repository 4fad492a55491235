/** Which build system packages are built on, and where what they become is published. */
import * as Result from "effect/Result"
import * as Setting from "../Setting.ts"
import * as OwnModule from "./OwnModule.ts"

const own = "a file that begins with ./, ../, / or file:"

const oneOf = (names: ReadonlyArray<string>) => (text: string): Result.Result<string, Error> =>
  names.includes(text) || OwnModule.isFile(text)
    ? Result.succeed(text)
    : Result.fail(new Error(`"${text}" is neither ${names.join(" nor ")} nor ${own}`))

export const settings = {
  buildSystem: Setting.read("ORCH_BUILD_SYSTEM", oneOf(["local", "koji", "pool", "mbs"]), {
    about:
      "Where packages are built: local (on this machine), koji (on Koji hubs), pool (on build nodes), mbs (by a Module Build Service, which is handed whole "
      + "modules; docs/mbs-farm.md), or a farm of your own: a file such as "
      + "./my-farm.js whose default export is a layer, or an object of async functions; docs/writing-a-build-system.md.",
    fallback: "local"
  }),
  repositoryHost: Setting.read("ORCH_REPOSITORY_HOST", oneOf(["standard", "pulp"]), {
    about:
      "Where finished modules are published: standard (below ORCH_DATA_DIR; with koji, at the hub), pulp (at the first of "
      + "ORCH_PULP_URL), or a host of your own: a file such as ./my-host.js; docs/writing-a-repository-host.md.",
    fallback: "standard"
  })
}

export interface Values extends Setting.Values<typeof settings> {}
