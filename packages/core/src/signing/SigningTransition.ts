/** How a signing gets from one state to the next: one table, every event in it. Late and repeated answers change nothing. */
import * as Result from "effect/Result"
import { IllegalTransition } from "../life/IllegalTransition.ts"
import * as LifeChange from "../life/LifeChange.ts"
import * as Signing from "./Signing.ts"
import type { SigningCommand, SigningEvent } from "./SigningEvent.ts"

/** What an event changed, what is to be done, and what is to be told. */
export type Change = LifeChange.Change<Signing.Signing, SigningCommand>

/** What follows from an event. Total; fails with `IllegalTransition` where somebody cancels what has ended. */
export const decide = (
  signing: Signing.Signing,
  event: SigningEvent
): Result.Result<Change, IllegalTransition> =>
  Result.map(decideOn(signing, event), (change) => LifeChange.modified(change, event.at))

const decideOn = (
  signing: Signing.Signing,
  event: SigningEvent
): Result.Result<Change, IllegalTransition> => {
  const { state } = signing
  const nothing = Result.succeed(LifeChange.none(signing))
  switch (event._tag) {
    case "Requested":
      return signing.createdAt === 0
        ? Result.succeed(move({ ...signing, createdAt: event.at }, "idle", `Requested by ${signing.plan.by}`))
        : nothing
    case "Taken":
      return state !== "idle" ? nothing : Result.succeed(move(
        { ...signing, signer: event.signer, tries: signing.tries + 1, startedAt: event.at },
        "signing",
        `Being signed by ${event.signer}`
      ))
    case "Lapsed":
      return state !== "signing" ? nothing : Result.succeed(lapsed(signing, event.at))
    case "Brought":
      return isHolder(signing, event.signer) ? Result.succeed(brought(signing, event)) : nothing
    case "SignerFailed":
      return isHolder(signing, event.signer)
        ? Result.succeed(end(signing, "failed", event.reason, event.at))
        : nothing
    case "Imported":
      return state !== "importing" ? nothing : Result.succeed(imported(signing, event))
    case "ImportRefused":
    case "CommandRejected":
      return isEnded(signing) ? nothing : Result.succeed(end(signing, "failed", event.reason, event.at))
    case "CancelRequested":
      return isEnded(signing)
        ? Result.fail(
          new IllegalTransition({
            state,
            event: event._tag,
            message: `only an open signing can be canceled, not one that is ${state}`
          })
        )
        : Result.succeed(end(signing, "failed", `Canceled by ${event.by}`, event.at))
  }
}

const isEnded = ({ state }: Signing.Signing): boolean => state === "completed" || state === "failed"

/** Whether the signer's answer counts: it has the request, or had it last and nobody took it since. */
const isHolder = ({ signer, state }: Signing.Signing, asking: string): boolean =>
  (state === "signing" || state === "idle") && signer === asking

const move = (from: Signing.Signing, to: Signing.SigningState, reason: string): Change => {
  const state = { ...from, state: to, reason }
  return {
    ...LifeChange.none(state),
    changed: true,
    announcements: [{
      topic: "signing.state",
      subject: `signing/${state.id}`,
      body: {
        id: state.id,
        package_build: state.plan.build,
        key: state.plan.key.keyId,
        state: to,
        state_reason: reason
      }
    }]
  }
}

const end = (from: Signing.Signing, to: "completed" | "failed", reason: string, at: number): Change =>
  move({ ...from, finishedAt: at }, to, reason)

const lapsed = (signing: Signing.Signing, at: number): Change =>
  signing.tries >= signing.plan.tries
    ? end(signing, "failed", `Handed out ${signing.tries} times and never brought back`, at)
    : move(signing, "idle", `${signing.signer} was not heard of`)

const brought = (signing: Signing.Signing, event: Extract<SigningEvent, { readonly _tag: "Brought" }>): Change => {
  const told = {
    ...signing,
    ...(event.logHref === undefined ? {} : { logHref: event.logHref }),
    ...(event.stats === undefined ? {} : { stats: event.stats })
  }
  const wrong = Signing.problems(
    signing.plan,
    event.packages.map(({ fingerprint, sha256, ...one }) => ({ ...one, fingerprint, sha256 }))
  )
  if (wrong.length > 0) {
    return end(told, "failed", `What ${event.signer} brings does not fit: ${wrong.slice(0, 10).join("; ")}`, event.at)
  }
  const packages = new Map(signing.packages)
  for (const { href, name, sha256 } of event.packages) {
    packages.set(name, { name, href, ...(sha256 === undefined ? {} : { sha256: sha256.toLowerCase() }) })
  }
  return {
    ...move({ ...told, packages }, "importing", "Its packages are being taken in"),
    touched: new Set(packages.keys()),
    commands: [{ command: { _tag: "ImportSigned" }, delay: 0 }]
  }
}

const imported = (signing: Signing.Signing, event: Extract<SigningEvent, { readonly _tag: "Imported" }>): Change => {
  const packages = new Map(signing.packages)
  const touched = new Set<string>()
  for (const one of event.packages) {
    if (!packages.has(one.name)) continue
    packages.set(one.name, one)
    touched.add(one.name)
  }
  return {
    ...end({ ...signing, packages }, "completed", `${packages.size} packages are signed`, event.at),
    touched,
    commands: [{ command: { _tag: "TellBuild" }, delay: 0 }]
  }
}
