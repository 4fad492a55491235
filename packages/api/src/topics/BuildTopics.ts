/** What announcements about builds say: module builds with their components, package builds with their tasks, tests, signings. */
import { ComponentState } from "@orch/core/modulebuild/ComponentBuild"
import { ModuleBuildState } from "@orch/core/modulebuild/ModuleBuild"
import { TaskState } from "@orch/core/packagebuild/BuildTask"
import { PackageBuildState } from "@orch/core/packagebuild/PackageBuild"
import { SigningState } from "@orch/core/signing/Signing"
import { TestRunState } from "@orch/core/testrun/TestRun"
import * as Schema from "effect/Schema"
import * as Topic from "./Topic.ts"

const textOrNull = Schema.NullOr(Schema.String)

/** The topics by name. */
export const topics = {
  "module-build.state": Topic.make({
    version: 1,
    about: "A module build is in another state.",
    subject: "module-build/ID",
    body: Schema.Struct({
      id: Schema.Int,
      name: Schema.String,
      stream: Schema.String,
      version: Schema.String.annotate({ description: "Digits; larger than what a double holds." }),
      context: Schema.String,
      owner: Schema.String,
      scratch: Schema.Boolean,
      state: ModuleBuildState,
      state_number: Schema.Int.annotate({ description: "The state's number in the Module Build Service." }),
      state_reason: Schema.String
    })
  }),
  "module-build.remark": Topic.make({
    version: 1,
    about: "Something that whoever submitted a module build should know.",
    subject: "module-build/ID or module-build/ID/COMPONENT",
    body: Schema.Struct({
      module_build: Schema.Int,
      component: Schema.optionalKey(Schema.String),
      reason: Schema.String
    })
  }),
  "component-build.state": Topic.make({
    version: 1,
    about: "A component of a module build is in another state.",
    subject: "module-build/ID/COMPONENT",
    body: Schema.Struct({
      module_build: Schema.Int,
      component: Schema.String,
      state: ComponentState,
      state_reason: Schema.String,
      attempt: Schema.Int,
      task: textOrNull.annotate({ description: "The build system's own name of its task." }),
      nvr: textOrNull,
      called_off: Schema.optionalKey(Schema.Boolean)
    })
  }),
  "component-build.reuse": Topic.make({
    version: 1,
    about: "Why a component is built although another build has it.",
    subject: "module-build/ID/COMPONENT",
    body: Schema.Struct({
      module_build: Schema.Int,
      component: Schema.String,
      reused: Schema.Boolean,
      reason: Schema.String
    })
  }),
  "package-build.state": Topic.make({
    version: 1,
    about: "A package build is in another state.",
    subject: "package-build/ID",
    body: Schema.Struct({
      id: Schema.Int,
      owner: Schema.String,
      state: PackageBuildState,
      state_reason: Schema.String
    })
  }),
  "build-task.state": Topic.make({
    version: 1,
    about: "A task of a package build is in another state.",
    subject: "package-build/ID/TASK",
    body: Schema.Struct({
      package_build: Schema.Int,
      id: Schema.Int,
      task: Schema.String,
      state: TaskState,
      state_reason: Schema.String,
      attempt: Schema.Int,
      node: textOrNull
    })
  }),
  "test-run.state": Topic.make({
    version: 1,
    about: "The tests of a package build have ended, or were canceled.",
    subject: "test-run/ID",
    body: Schema.Struct({
      id: Schema.Int,
      package_build: Schema.Int,
      state: TestRunState,
      state_reason: Schema.String
    })
  }),
  "signing.state": Topic.make({
    version: 1,
    about: "A request to sign a package build is in another state.",
    subject: "signing/ID",
    body: Schema.Struct({
      id: Schema.Int,
      package_build: Schema.Int,
      key: Schema.String,
      state: SigningState,
      state_reason: Schema.String
    })
  })
} as const satisfies Readonly<Record<string, Topic.Topic>>
