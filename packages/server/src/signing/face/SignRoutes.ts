/** Signing on AlmaLinux's build system's interface: keys, requests, and what signers get and bring. */
import * as AlbsStatus from "@orch/api/albs/AlbsStatus"
import * as AlbsTime from "@orch/api/albs/AlbsTime"
import * as SignWire from "@orch/api/albs/SignWire"
import * as ArtifactPlace from "@orch/core/packagebuild/ArtifactPlace"
import type { PackageBuild } from "@orch/core/packagebuild/PackageBuild"
import * as TaskName from "@orch/core/packagebuild/TaskName"
import { PackageBuilds } from "@orch/core/ports/packagebuild/PackageBuilds"
import { Signings } from "@orch/core/ports/signing/Signings"
import type { StoreUnavailable } from "@orch/core/ports/StoreUnavailable"
import type { Signing, UnsignedPackage } from "@orch/core/signing/Signing"
import type { SigningEvent } from "@orch/core/signing/SigningEvent"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as AlbsCall from "../../albs/AlbsCall.ts"
import { AlbsCallers } from "../../albs/AlbsCallers.ts"
import * as AlbsFailure from "../../albs/AlbsFailure.ts"
import * as AlbsPermission from "../../albs/AlbsPermission.ts"
import * as SelfUrl from "../../albs/SelfUrl.ts"
import * as ArtifactHref from "../../artifacts/ArtifactHref.ts"
import { artifactNumber } from "../../packagebuilds/ArtifactNumber.ts"
import * as BuildRights from "../../products/BuildRights.ts"
import { GeneratedKeys, type KeyRefused } from "../../products/GeneratedKeys.ts"
import type { Products } from "../../products/Products.ts"
import { SigningQueue } from "../SigningQueue.ts"
import { type SignKey, SignKeys } from "../SignKeys.ts"
import * as SignKeyView from "../SignKeyView.ts"

/** What the routes need. */
export type Services = AlbsCallers | GeneratedKeys | PackageBuilds | Products | SigningQueue | Signings | SignKeys

type Handler = (call: AlbsCall.AlbsCall) => AlbsCall.Answer<Services>

/** How often a request is handed to a signer. */
const tries = 3

const taskWire = (signing: Signing, key: SignKey | undefined): typeof SignWire.SignTaskWire.Type => ({
  id: signing.id,
  build_id: signing.plan.build,
  sign_key: key === undefined
    ? {
      id: signing.plan.key.id,
      name: "",
      description: "",
      keyid: signing.plan.key.keyId,
      fingerprint: signing.plan.key.fingerprint,
      public_url: "",
      inserted: AlbsTime.format(0),
      active: false,
      archived: null,
      platform_ids: null,
      product_id: null
    }
    : SignKeyView.key(key),
  status: AlbsStatus.ofSigning[signing.state],
  error_message: signing.state === "failed" ? signing.reason : null,
  log_href: signing.logHref ?? null
})

/** Every package of a build once, under the number of the first artifact that it is. */
const packagesOf = (build: PackageBuild): ReadonlyArray<UnsignedPackage> => {
  const found = new Map<string, UnsignedPackage>()
  for (const [position, { arch, name }] of build.plan.tasks.entries()) {
    const task = build.tasks.get(name)!
    if (task.state !== "completed") continue
    for (const [index, artifact] of task.artifacts.entries()) {
      const sha256 = ArtifactHref.parse(artifact.href)
      if (artifact.type !== "rpm" || sha256 === undefined || found.has(artifact.href)) continue
      found.set(artifact.href, {
        id: artifactNumber(TaskName.number(build.plan, position), index),
        name: artifact.name,
        arch: ArtifactPlace.packageOf(artifact.name)?.arch ?? arch,
        href: artifact.href,
        url: SelfUrl.store(ArtifactHref.content(sha256, artifact.name))
      })
    }
  }
  return [...found.values()]
}

const require = (call: AlbsCall.AlbsCall, role: "user" | "signer" | "admin" | "packager") =>
  Effect.flatMap(AlbsCallers, (callers) => callers.require(call.request, role))

const findKey = Effect.fnUntraced(function*(id: number) {
  const key = (yield* (yield* SignKeys).list).find((one) => one.id === id)
  return key ?? (yield* AlbsFailure.notFound(`Sign key with ID ${id} does not exist`))
})

const create: Handler = Effect.fnUntraced(function*(call) {
  const caller = yield* require(call, "packager")
  const { build_id, sign_key_id } = yield* AlbsCall.body(call, SignWire.SignTaskCreate, "sign_task")
  const { state: build } = yield* (yield* PackageBuilds).get(build_id).pipe(
    Effect.catchTag(
      "ProcessNotFound",
      () => Effect.fail(AlbsFailure.notFound(`Build with ID ${build_id} does not exist`))
    )
  )
  const team = yield* BuildRights.teamOf(build)
  if (!caller.roles.has("signer") && !AlbsPermission.may(caller, "sign_build", { owner: build.plan.owner, team })) {
    return yield* AlbsFailure.forbidden("User does not have permissions to sign this build")
  }
  const key = yield* findKey(sign_key_id)
  if (!key.active) return yield* AlbsFailure.conflict(`Sign key ${key.keyId} is not active`)
  if (build.state !== "finished") return yield* AlbsFailure.conflict(`Build with ID ${build_id} has not finished`)
  if (build.signedBy === key.id) return yield* AlbsFailure.conflict(`Build with ID ${build_id} is already signed`)
  const packages = packagesOf(build)
  if (packages.length === 0) return yield* AlbsFailure.conflict(`Build with ID ${build_id} has no packages to sign`)
  const at = yield* Clock.currentTimeMillis
  const { state } = yield* (yield* Signings).create({
    build: build_id,
    by: caller.name,
    key: { id: key.id, keyId: key.keyId, fingerprint: key.fingerprint },
    packages,
    tries
  }, { _tag: "Requested", at }).pipe(
    Effect.catchTag(
      "ProcessExists",
      ({ id, state: known }) =>
        Effect.fail(
          AlbsFailure.conflict(
            `Build with ID ${build_id} is being signed or signed already: sign task ${id} is ${known}`
          )
        )
    )
  )
  yield* (yield* SigningQueue).requested
  return AlbsCall.answer(SignWire.SignTaskWire, taskWire(state, key))
})

const getSignTask: Handler = Effect.fnUntraced(function*(call) {
  const { name } = yield* require(call, "signer")
  const { key_ids, wait } = yield* AlbsCall.body(call, SignWire.GetSignTask, "payload")
  const signing = yield* (yield* SigningQueue).take(key_ids, name, (wait ?? 0) * 1000)
  return AlbsCall.answer(
    SignWire.AvailableSignTask,
    signing === undefined ? {} : {
      id: signing.id,
      build_id: signing.plan.build,
      keyid: signing.plan.key.keyId,
      sign_files: false,
      packages: signing.plan.packages.map(({ arch, id, name: file, url }) => ({
        id,
        name: file,
        arch,
        type: "rpm",
        cas_hash: null,
        download_url: SelfUrl.read(url, call.origin)
      }))
    }
  )
})

/** What a signer says, as an event. */
const broughtOf = (given: SignWire.SignTaskComplete, signer: string, at: number): SigningEvent =>
  given.success
    ? {
      _tag: "Brought",
      at,
      signer,
      packages: (given.packages ?? []).map(({ fingerprint, href, id, name, sha256 }) => ({
        id,
        name,
        href,
        ...(typeof fingerprint === "string" ? { fingerprint } : {}),
        ...(typeof sha256 === "string" ? { sha256 } : {})
      })),
      ...(typeof given.log_href === "string" ? { logHref: given.log_href } : {}),
      ...(given.stats === undefined || given.stats === null ? {} : { stats: given.stats })
    }
    : { _tag: "SignerFailed", at, signer, reason: given.error_message ?? "The signer gave no reason" }

const complete: Handler = Effect.fnUntraced(function*(call) {
  const { name } = yield* require(call, "signer")
  const id = yield* AlbsCall.id(call, "sign_task_id")
  const given = yield* AlbsCall.body(call, SignWire.SignTaskComplete, "payload")
  const at = yield* Clock.currentTimeMillis
  const signings = yield* Signings
  const { changed, state } = yield* Effect.gen(function*() {
    const { plan: { build } } = (yield* signings.get(id)).state
    if (build !== given.build_id) {
      return yield* AlbsFailure.conflict(`Sign task with ID ${id} is of build ${build}, not of ${given.build_id}`)
    }
    return yield* signings.apply(id, [{ key: undefined, event: broughtOf(given, name, at) }])
  }).pipe(
    Effect.catchTag(
      "ProcessNotFound",
      () => Effect.fail(AlbsFailure.notFound(`Sign task with ID ${id} does not exist`))
    ),
    Effect.catchTag("IllegalTransition", ({ message }) => Effect.fail(AlbsFailure.conflict(message)))
  )
  if (!changed) {
    return yield* AlbsFailure.conflict(`Sign task with ID ${id} is not this signer's: it is ${state.state}`)
  }
  // Signers forget the task when they are told that it worked, and so they should when they said that it failed.
  return AlbsCall.answer(SignWire.Success, { success: !given.success || state.state === "importing" })
})

const refusals = {
  unknown: AlbsFailure.notFound,
  ended: AlbsFailure.conflict,
  exists: AlbsFailure.conflict
} as const

/** A key that a signer made, or that it made none: then there is nothing to show but the reason, with 400 as other refusals have it. */
const completeGenKey: Handler = Effect.fnUntraced(function*(call) {
  yield* require(call, "signer")
  const id = yield* AlbsCall.id(call, "sign_task_id")
  const given = yield* AlbsCall.body(call, SignWire.GenKeyComplete, "payload")
  const keys = yield* GeneratedKeys
  const orRefused = <A>(effect: Effect.Effect<A, KeyRefused | StoreUnavailable>) =>
    Effect.mapError(effect, (error) => error._tag === "KeyRefused" ? refusals[error.reason](error.message) : error)
  if (!given.success) {
    const said = given.error_message ?? "The signer gave no reason"
    yield* keys.fail(id, said).pipe(orRefused)
    return yield* AlbsFailure.badRequest(`The key was not made: ${said}`)
  }
  const { file_name, fingerprint, key_id, key_name, sign_key_href } = given
  const missing = Object.entries({ file_name, fingerprint, key_id, key_name, sign_key_href })
    .filter(([, value]) => value === undefined || value === null)
    .map(([name]) => ({ type: "missing", loc: ["body", name], msg: "Field required" }))
  if (missing.length > 0) return yield* AlbsFailure.invalid(missing)
  if (!/^[0-9A-Fa-f]{40}$/.test(fingerprint!) || !fingerprint!.toUpperCase().endsWith(key_id!.toUpperCase())) {
    return yield* AlbsFailure.invalidAt(["body", "key_id"], "The key id is not the end of a fingerprint of 40 digits")
  }
  const sha256 = ArtifactHref.parse(sign_key_href!)
  const publicUrl = sha256 === undefined
    ? sign_key_href!
    : `${call.origin}${ArtifactHref.content(sha256, file_name!)}`
  const number = yield* keys.complete(id, { name: key_name!, keyId: key_id!, fingerprint: fingerprint!, publicUrl })
    .pipe(
      orRefused
    )
  return AlbsCall.answer(SignWire.SignKeyWire, SignKeyView.key(yield* findKey(number)))
})

/** What is answered, by group and endpoint of `AlbsApi`. */
export const routes: Readonly<Record<string, Handler>> = {
  "albsSignKeys.list": Effect.fnUntraced(function*(call) {
    yield* require(call, "user")
    const keys = yield* (yield* SignKeys).list
    return AlbsCall.answer(Schema.Array(SignWire.SignKeyWire), keys.map(SignKeyView.key))
  }),
  "albsSignKeys.create": Effect.fnUntraced(function*(call) {
    yield* require(call, "admin")
    const given = yield* AlbsCall.body(call, SignWire.SignKeyCreate, "payload", "sign_key")
    if (!given.fingerprint.toUpperCase().endsWith(given.keyid.toUpperCase())) {
      return yield* AlbsFailure.invalidAt(["body", "keyid"], "The key id is not the end of the fingerprint")
    }
    const key = yield* (yield* SignKeys).create(given)
    if (key === undefined) return yield* AlbsFailure.conflict(`Key with keyid ${given.keyid} already exists`)
    return AlbsCall.answer(SignWire.SignKeyWire, SignKeyView.key(key), 201)
  }),
  "albsSignKeys.update": Effect.fnUntraced(function*(call) {
    yield* require(call, "admin")
    const id = yield* AlbsCall.id(call, "sign_key_id")
    const given = yield* AlbsCall.body(call, SignWire.SignKeyUpdate, "payload", "sign_key")
    const key = yield* (yield* SignKeys).update(id, given).pipe(
      Effect.catchTag("KeyExists", () => Effect.fail(AlbsFailure.conflict("Another key has this id or fingerprint")))
    )
    if (key === undefined) return yield* AlbsFailure.notFound(`Sign key with ID ${id} does not exist`)
    return AlbsCall.answer(SignWire.SignKeyWire, SignKeyView.key(key))
  }),
  "albsSignTasks.list": Effect.fnUntraced(function*(call) {
    const build = yield* AlbsCall.queryNumber(call, "build_id")
    const keys = yield* SignKeys
    const known = new Map((yield* keys.list).map((key) => [key.id, key]))
    const signings = yield* keys.signings(build === undefined ? undefined : [build])
    return AlbsCall.answer(
      Schema.Array(SignWire.SignTaskWire),
      signings.map((signing) => taskWire(signing, known.get(signing.plan.key.id)))
    )
  }),
  "albsSignTasks.create": create,
  "albsSignTasks.getSignTask": getSignTask,
  "albsSignTasks.complete": complete,
  "albsSignTasks.getGenKeyTask": Effect.fnUntraced(function*(call) {
    const { name } = yield* require(call, "signer")
    const asked = yield* (yield* GeneratedKeys).take(name)
    return AlbsCall.answer(
      SignWire.GenKeyTask,
      asked === undefined ? {} : {
        id: asked.id,
        product_name: asked.productName,
        user_name: asked.userName,
        user_email: asked.userEmail
      }
    )
  }),
  "albsSignTasks.completeGenKey": completeGenKey
}
