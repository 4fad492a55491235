/** The rest of the Module Build Service's face: component builds, final modulemd, import, strategies, about. */
import * as MbsError from "@orch/api/mbs/MbsError"
import * as MbsPagination from "@orch/api/mbs/MbsPagination"
import * as MbsQuery from "@orch/api/mbs/MbsQuery"
import * as MbsSubmitRequest from "@orch/api/mbs/MbsSubmitRequest"
import * as FinalModulemd from "@orch/core/modulebuild/FinalModulemd"
import { ModuleBuilds } from "@orch/core/ports/modulebuild/ModuleBuilds"
import { descriptions, rebuildStrategies } from "@orch/core/resolution/ComponentReuse"
import * as Effect from "effect/Effect"
import packageJson from "../../../package.json" with { type: "json" }
import { Authentication } from "../../auth/Authentication.ts"
import { SubmissionSettings } from "../../modulebuilds/submission/SubmissionSettings.ts"
import { MbsBuilds } from "../MbsBuilds.ts"
import { MbsImport } from "../MbsImport.ts"
import * as MbsAnswer from "./MbsAnswer.ts"
import * as MbsCall from "./MbsCall.ts"
import * as MbsPermissions from "./MbsPermissions.ts"
import * as ModuleBuildRoutes from "./ModuleBuildRoutes.ts"

const noComponent = MbsError.notFound("No such component found.")

export const listComponents = Effect.fnUntraced(function*(call: MbsCall.MbsCall) {
  yield* ModuleBuildRoutes.refuseId(call)
  const builds = yield* MbsBuilds
  const query = yield* Effect.fromResult(MbsQuery.parseComponents(call.query))
  const page = MbsPagination.parse(call.query)
  const representation = MbsQuery.representation(call.query)
  const { items, total } = yield* builds.listComponents(query, page, representation, call.apiVersion)
  return MbsAnswer.json(call, { items, meta: MbsPagination.meta(call.url, call.query, page, total) })
})

export const showComponent = Effect.fnUntraced(function*(call: MbsCall.MbsCall, id: number | undefined) {
  yield* ModuleBuildRoutes.refuseId(call)
  const builds = yield* MbsBuilds
  const found = id === undefined
    ? undefined
    : yield* builds.component(id, MbsQuery.representation(call.query), call.apiVersion)
  return found === undefined ? yield* noComponent : MbsAnswer.json(call, found)
})

export const componentMessages = Effect.fnUntraced(function*(call: MbsCall.MbsCall, id: number | undefined) {
  const builds = yield* MbsBuilds
  const page = MbsPagination.parse(call.query)
  const found = id === undefined ? undefined : yield* builds.componentMessages(id, page)
  if (found === undefined) return yield* noComponent
  const meta = MbsPagination.meta(call.url.replace(/\/$/, ""), new URLSearchParams(), page, found.total)
  return MbsAnswer.json(call, { messages: found.items, meta })
})

/** The modulemd documents a build delivers, by architecture; scratch builds, too. */
export const finalModulemd = Effect.fnUntraced(function*(call: MbsCall.MbsCall, id: number | undefined) {
  const missing = MbsError.notFound("The module could not be found")
  const store = yield* ModuleBuilds
  if (id === undefined) return yield* missing
  const { state: build } = yield* Effect.catchTag(store.get(id), "ProcessNotFound", () => Effect.fail(missing))
  const { documents } = FinalModulemd.deliverables(build)
  return MbsAnswer.json(
    call,
    Object.fromEntries(documents.map(({ id, text }) => [id.slice(id.lastIndexOf(":") + 1), text]))
  )
})

export const importModule = Effect.fnUntraced(function*(call: MbsCall.MbsCall) {
  const { name } = yield* MbsPermissions.identify(call)
  const { fields } = yield* MbsCall.body(call)
  const settings = yield* ModuleBuildRoutes.settingsFor(fields["scmurl"])
  const scmurl = yield* Effect.fromResult(MbsSubmitRequest.parseImport(fields, settings))
  const imports = yield* MbsImport
  const { id, messages } = yield* imports.fromGit(scmurl, name)
  const builds = yield* MbsBuilds
  const [module] = yield* builds.modules([id], "plain", call.apiVersion)
  const { tasks: _tasks, ...shown } = module ?? {}
  return MbsAnswer.changed(201, { module: shown, messages })
})

/** Which strategies there are, and which a submission may choose. */
export const strategies = Effect.fnUntraced(function*(call: MbsCall.MbsCall) {
  const config = yield* SubmissionSettings
  const items = rebuildStrategies.toSorted().map((name) => ({
    name,
    description: descriptions[name],
    allowed: name === config.rebuildStrategy || config.rebuildStrategies.includes(name),
    default: name === config.rebuildStrategy
  }))
  return MbsAnswer.json(call, { items })
})

export const apiVersion = 2

export const about = Effect.fnUntraced(function*(call: MbsCall.MbsCall) {
  const { method } = yield* Authentication
  return MbsAnswer.json(call, {
    version: packageJson.version,
    api_version: apiVersion,
    auth_method: method === "jwks" ? "oidc" : method
  })
})
