/** Groups, categories and environments of a repository, from the file that other tools read. */
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import * as CorrelationId from "./CorrelationId.ts"
import * as FormBody from "./FormBody.ts"
import type { PulpClient } from "./PulpClient.ts"
import * as PulpDispatch from "./PulpDispatch.ts"
import type { PulpTasks } from "./PulpTasks.ts"
import * as Repositories from "./Repositories.ts"

/** Puts a comps file's content into a repository, in place of what was there: the number of the version afterwards. Once for a key. */
export const put = Effect.fnUntraced(
  function*(client: PulpClient, tasks: PulpTasks, repository: Repositories.Repository, key: string, comps: string) {
    const bytes = Buffer.from(comps)
    const fields = { repository: repository.pulp_href, replace: "true" }
    const task = yield* PulpDispatch.perform(client, tasks, {
      correlation: CorrelationId.make("comps", repository.pulp_href, key),
      path: "rpm/comps/",
      body: () =>
        FormBody.make(fields, {
          name: "comps.xml",
          size: bytes.length,
          bytes: Stream.make<[Uint8Array]>(bytes)
        })
    })
    return yield* Repositories.versionAfter(client, repository, task)
  }
)
