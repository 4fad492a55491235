/** Tests of built packages for the Promise client. */
import * as Effect from "effect/Effect"
import type { Calls } from "./Calls.ts"
import type { PackageTests } from "./PackageTests.ts"

const ofTask = (task: number) => ({ build_task_id: `${task}` })
const ofBuild = (build: number) => ({ params: { build_id: `${build}` } })

/** The functions of `PackageTests` over the calls of one client. */
export const make = ({ runAlbs }: Calls): PackageTests => ({
  list: (task, revision) =>
    runAlbs((client) =>
      revision === undefined
        ? client.albsTests.latest({ params: ofTask(task) })
        : client.albsTests.revision({ params: { ...ofTask(task), revision: `${revision}` } })
    ),
  logs: (task) => runAlbs((client) => client.albsTests.logs({ params: ofTask(task) })),
  restart: (of) =>
    runAlbs((client) =>
      Effect.asVoid(
        "build" in of
          ? client.albsTests.restartBuild(ofBuild(of.build))
          : client.albsTests.restartBuildTask({ params: ofTask(of.task) })
      )
    ),
  cancel: (build) => runAlbs((client) => Effect.asVoid(client.albsTests.cancelBuild(ofBuild(build))))
})
