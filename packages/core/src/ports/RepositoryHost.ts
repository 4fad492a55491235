/**
 * Where finished packages are published: a directory served over HTTP, Pulp, chacra.
 *
 * A repository changes by one `change` at a time, all of it or nothing, and readers see either the old or the new state.
 * A change is keyed: the second call with the same key answers what the first one did.
 */
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import type { Advisory } from "../farm/Advisory.ts"
import { Waiting } from "../farm/Waiting.ts"
import * as PlainFunctions from "./PlainFunctions.ts"

/** Reasons as in `BuildSystemError`; `rejected` names the content that cannot be taken. */
export class RepositoryHostError extends Schema.TaggedError<RepositoryHostError>()("RepositoryHostError", {
  reason: Schema.Literals(["unreachable", "refused", "conflict", "rejected", "gone"]),
  operation: Schema.String,
  message: Schema.String,
  cause: Schema.optional(Schema.Defect()),
  /** For `unreachable`: which system is waited for, since when and why; absent where the host does not tell. */
  waiting: Schema.optional(Waiting),
  /** The same of a host that does not know since when, such as `Pulp at https://pulp.example.org`. */
  away: Schema.optional(Schema.String)
}) {
  get isRetryable(): boolean {
    return this.reason === "unreachable"
  }
}

/** One thing a repository can hold. */
export type Content =
  | {
    readonly _tag: "Package"
    /** `name-epoch:version-release.arch`. */
    readonly nevra: string
    /** Where its file is: a path or URL that the host can read. */
    readonly location: string
    readonly sha256?: string
  }
  /** Module metadata: YAML documents, added to the repository's `modules` metadata. */
  | { readonly _tag: "Modulemd"; readonly id: string; readonly text: string }

/** A content's identity inside a repository: its NEVRA, or the module's `name:stream:version:context:arch`. */
export const contentId = (content: Content): string => content._tag === "Package" ? content.nevra : content.id

/** A repository as it is now. */
export interface Repository {
  readonly name: string
  /** Grows with each change. */
  readonly revision: number
}

/** Where readers find the published state. */
export interface Publication {
  readonly name: string
  readonly revision: number
  /** Absolute URL, or path below this server's root, ending in `/`. */
  readonly url: string
  /** The directory, where the host has one on this machine. */
  readonly path: string | undefined
}

/** The module build that a change came from, for hosts that keep a record of it; the others need not look. */
export interface Origin {
  /** Number of the module build. */
  readonly build: number
  readonly owner: string
  /** Platform stream, such as `el9`. */
  readonly platform: string
  /** SCM URL with the commit; absent for what was not submitted from source control. */
  readonly scmurl: string | undefined
  /** Milliseconds since 1970. */
  readonly begun: number
  readonly ended: number
  /** The module's document as it was planned, with all that the builder noted in it and every name that its filter means. */
  readonly modulemd: string
  /** The `-devel` module with what the filter keeps back, for hosts that publish it as well. */
  readonly complement?: {
    readonly modulemd: string
    /** One for each architecture, `id` as of the contents. */
    readonly documents: ReadonlyArray<{ readonly id: string; readonly text: string }>
  }
  /** The same as people wrote it, where it can be had. */
  readonly submitted?: string
  /** `name-version-release` of everything that was built for it, delivered or not. */
  readonly nvrs: ReadonlyArray<string>
  /** What happened, for people, a line each. */
  readonly log: string
}

/** What is different afterwards: what is removed goes first, then what is added comes. */
export interface Change {
  /** The second change with a key that was seen does nothing and answers what the first one did. */
  readonly key: string
  /** Where it comes from; absent where no module build made it. */
  readonly origin?: Origin
  readonly add: ReadonlyArray<Content>
  /** What the repository tells of from then on, in place of what it told under the same id; hosts that tell nothing need not look. */
  readonly advisories?: ReadonlyArray<Advisory>
  /** Identities as of `contentId`; those not there are ignored. */
  readonly remove: ReadonlyArray<string>
}

/** A publication that is ready and that readers need not see yet. */
export interface Prepared {
  readonly name: string
  readonly revision: number
  /** What the host calls it, for `show`. */
  readonly reference: string
}

/**
 * What a host offers that keeps publications ready and can go back: with it, several repositories change for readers within a
 * moment, and a change is taken back whole. All of it may be repeated.
 */
export interface Staging {
  /** Makes the current revision ready for readers, who see what they saw before. */
  readonly prepare: (name: string) => Effect.Effect<Prepared, RepositoryHostError>
  /** Lets readers see what is ready, atomically; `gone` where it no longer is. */
  readonly show: (prepared: Prepared) => Effect.Effect<Publication, RepositoryHostError>
  /** What readers see now; `undefined` where they see nothing. */
  readonly shown: (name: string) => Effect.Effect<Prepared | undefined, RepositoryHostError>
  /** Readers see nothing of the repository any more; its content stays. */
  readonly hide: (name: string) => Effect.Effect<void, RepositoryHostError>
  /**
   * Makes the repository hold exactly what it held at that revision, as a change of its own key; `gone` where the host no longer
   * has that revision.
   */
  readonly restore: (name: string, revision: number, key: string) => Effect.Effect<Repository, RepositoryHostError>
}

/** One thing that a repository holds, with what planning a release looks at; what a host does not tell is absent. */
export interface Held {
  /** As of `contentId`. */
  readonly id: string
  /** Of a package's file, in hexadecimal. */
  readonly sha256?: string
  /** As RPM writes them: `bash >= 5.1`. */
  readonly requires?: ReadonlyArray<string>
  readonly provides?: ReadonlyArray<string>
  /** Of a module: NEVRAs of the packages it ships. */
  readonly artifacts?: ReadonlyArray<string>
}

/** A repository elsewhere that one is synced from. */
export interface Upstream {
  /** Where its `repodata` lies. */
  readonly url: string
  /** Whether what upstream no longer has goes here as well. */
  readonly mirror: boolean
}

/**
 * What a repository host offers. Every call fails with `RepositoryHostError`; a repository that is not there is `gone`.
 */
export interface Interface {
  /** Absent where `publish` is the only way to readers. */
  readonly staging?: Staging
  /** What the current revision holds, sorted by identity; absent where the host tells identities alone. */
  readonly inventory?: (name: string) => Effect.Effect<ReadonlyArray<Held>, RepositoryHostError>
  /**
   * Brings what another repository holds, as a revision that readers do not see yet; may take hours and may be repeated. Absent where
   * the host cannot.
   */
  readonly sync?: (name: string, from: Upstream) => Effect.Effect<Repository, RepositoryHostError>
  /** Makes sure that the repository exists. Names: letters, digits, `. _ - +` and `/` between parts. */
  readonly ensure: (name: string) => Effect.Effect<Repository, RepositoryHostError>
  /**
   * Applies a change, all of it or nothing, and returns the repository with its new revision, which may have changes of
   * others as well that came at the same time. Content that cannot be taken is `rejected`.
   */
  readonly change: (name: string, change: Change) => Effect.Effect<Repository, RepositoryHostError>
  /** Makes the current revision visible to readers, atomically. */
  readonly publish: (name: string) => Effect.Effect<Publication, RepositoryHostError>
  /** Identities of what the current revision holds, sorted. */
  readonly contents: (name: string) => Effect.Effect<ReadonlyArray<string>, RepositoryHostError>
  /** Removes the repository and what is published of it; one that is not there is fine. */
  readonly remove: (name: string) => Effect.Effect<void, RepositoryHostError>
}

/** The port: where this server's repositories are. */
export class RepositoryHost extends Context.Service<RepositoryHost, Interface>()("@orch/core/ports/RepositoryHost") {
  /**
   * A host of plain async functions, for people who do not write Effect.
   *
   * A function that rejects is taken as `unreachable` and retried, unless it rejects with a `RepositoryHostError`, or with any
   * error that has one of its reasons as `reason`. Names that are none never reach the functions, and an answer that is not of
   * the port's form is `rejected`, with its place.
   */
  static readonly fromPromises = (promises: Promises): Layer.Layer<RepositoryHost> =>
    Layer.succeed(RepositoryHost, makeFromPromises(promises))
}

/**
 * Whether a text can be a repository's name: parts of letters, digits and `. _ - +`, each beginning with a letter or digit, with
 * `/` between them.
 */
export const isName = (text: string): boolean =>
  /^[A-Za-z0-9][A-Za-z0-9._+-]*(?:\/[A-Za-z0-9][A-Za-z0-9._+-]*)*$/.test(text)

/**
 * A repository host in plain async functions; each has the meaning of the method of that name. `signal` is aborted when nobody
 * waits for the answer any more.
 */
export interface Promises {
  readonly ensure: (name: string, signal: AbortSignal) => Promise<Repository>
  readonly change: (name: string, change: Change, signal: AbortSignal) => Promise<Repository>
  /** Without `path` where the host has no directory on this machine. */
  readonly publish: (
    name: string,
    signal: AbortSignal
  ) => Promise<Omit<Publication, "path"> & { readonly path?: string | undefined }>
  readonly contents: (name: string, signal: AbortSignal) => Promise<ReadonlyArray<string>>
  readonly remove: (name: string, signal: AbortSignal) => Promise<void>
}

/** The functions of `Promises`, each of which has to be there. */
export const promisesNeeded: ReadonlyArray<keyof Promises> = ["ensure", "change", "publish", "contents", "remove"]

const Stored = Schema.Struct({ name: Schema.String, revision: Schema.Int })
const Published = Schema.Struct({ ...Stored.fields, url: Schema.String, path: Schema.optionalKey(Schema.String) })

const fail = (fault: PlainFunctions.Fault): RepositoryHostError =>
  fault.cause instanceof RepositoryHostError ? fault.cause : new RepositoryHostError(fault)

const named = <A>(operation: string, name: string, then: Effect.Effect<A, RepositoryHostError>) =>
  isName(name)
    ? then
    : Effect.fail(
      new RepositoryHostError({ reason: "rejected", operation, message: `"${name}" is no name of a repository` })
    )

const makeFromPromises = (self: Promises): Interface => ({
  ensure: (name) =>
    named("ensure", name, PlainFunctions.call("ensure", Stored, (signal) => self.ensure(name, signal), fail)),
  change: (name, change) =>
    named("change", name, PlainFunctions.call("change", Stored, (signal) => self.change(name, change, signal), fail)),
  publish: (name) =>
    named("publish", name, PlainFunctions.call("publish", Published, (signal) => self.publish(name, signal), fail))
      .pipe(
        Effect.map((published) => ({ ...published, path: published.path }))
      ),
  contents: (name) =>
    named(
      "contents",
      name,
      PlainFunctions.call("contents", Schema.Array(Schema.String), (signal) => self.contents(name, signal), fail)
    ),
  remove: (name) => named("remove", name, PlainFunctions.act("remove", (signal) => self.remove(name, signal), fail))
})
