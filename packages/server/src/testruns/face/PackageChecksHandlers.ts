/** Tests and signatures of package builds, of the `/orch/v1` face: two statements, however many packages there are. */
import { OrchApi } from "@orch/api"
import * as ErrorBody from "@orch/api/ErrorBody"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import { whenAway } from "../../http/Failures.ts"
import * as PathNumber from "../../http/PathNumber.ts"
import { timeOrNull } from "../../http/Timestamp.ts"
import { SignKeys } from "../../signing/SignKeys.ts"
import { Tests } from "../Tests.ts"

const number = PathNumber.of("package build")

export const layer = HttpApiBuilder.group(
  OrchApi,
  "packageChecks",
  Effect.fn(function*(handlers) {
    const builds = yield* PackageBuilds
    const tests = yield* Tests
    const keys = yield* SignKeys
    return handlers.handleAll({
      packageBuild: Effect.fnUntraced(function*({ params }) {
        const id = yield* number(params.id)
        yield* builds.get(id).pipe(
          Effect.catchTag("ProcessNotFound", () => Effect.fail(ErrorBody.notFound(`There is no package build ${id}`))),
          whenAway
        )
        const found = yield* whenAway(tests.newest(id))
        const signings = yield* whenAway(keys.signings([id]))
        return {
          tests: found.map((one) => ({
            id: one.number,
            task: one.task,
            package: `${one.package}-${one.version}-${one.release}`,
            revision: one.revision,
            state: one.test.state,
            state_reason: one.test.reason,
            finished_at: timeOrNull(one.test.finishedAt)
          })),
          signings: signings.map((one) => ({
            id: one.id,
            key: one.plan.key.keyId,
            state: one.state,
            state_reason: one.reason,
            packages: one.plan.packages.length,
            asked_by: one.plan.by,
            finished_at: timeOrNull(one.finishedAt)
          }))
        }
      })
    })
  })
)
