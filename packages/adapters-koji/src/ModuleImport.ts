/**
 * A module as a content generator's build: the metadata and files that `CGImport` takes, from the module's documents.
 *
 * Pure. The build is named `name-stream-version.context`, dashes of the stream as underscores, and carries the modulemd in
 * `extra.typeinfo.module`, which is where clients of the Module Build Service look for it.
 */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import * as Xmd from "@orch/core/modulemd/Xmd"
import type { Content } from "@orch/core/ports/RepositoryHost"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Result from "effect/Result"
import { createHash } from "node:crypto"

export interface File {
  readonly name: string
  readonly bytes: Uint8Array
}

/** A package as the hub knows it; `sigmd5` is what it calls `payloadhash`. */
export interface HubRpm {
  readonly name: string
  readonly version: string
  readonly release: string
  readonly epoch: number | null
  readonly arch: string
  readonly payloadhash: string
}

export interface ModuleImport {
  readonly nvr: string
  /** Directory of the upload; stable, so that a repeated import overwrites its own files. */
  readonly directory: string
  readonly metadata: string
  readonly files: ReadonlyArray<File>
}

export interface Subject {
  readonly name: string
  readonly stream: string
  readonly version: bigint
  readonly context: string
  /** Architecture, by document text. */
  readonly documents: ReadonlyArray<{ readonly arch: string; readonly text: string }>
}

const identity = /^([^:]+):([^:]+):(\d+):([^:]+):([^:]+)$/

/** The one module whose documents are among the contents. */
export const subjectOf = (contents: ReadonlyArray<Content>): Result.Result<Subject, string> => {
  const documents = contents.flatMap((content) => content._tag === "Modulemd" ? [content] : [])
  let subject: Subject | undefined
  for (const { id, text } of documents) {
    const parts = identity.exec(id)
    if (parts === null) return Result.fail(`"${id}" is not name:stream:version:context:arch`)
    const [, name = "", stream = "", version = "", context = "", arch = ""] = parts
    if (
      subject !== undefined &&
      `${subject.name}:${subject.stream}:${subject.version}:${subject.context}` !==
        `${name}:${stream}:${version}:${context}`
    ) {
      return Result.fail(`${id} and ${subject.name}:${subject.stream} are two modules; Koji takes one build at a time`)
    }
    subject = {
      name,
      stream,
      version: BigInt(version),
      context,
      documents: [...subject?.documents ?? [], { arch, text }]
    }
  }
  return subject === undefined
    ? Result.fail("there is no modulemd in this change: Koji takes modules, and has the packages already")
    : Result.succeed(subject)
}

/** Where the packages are tagged. */
export const contentTag = (subject: Subject): string => TagPlan.tag(subject)
export const nvr = (subject: Subject): string => TagPlan.cgNvr(subject)

const streamOf = (text: string): ModuleStreamV2 | undefined =>
  Modulemd.read(text).documents.find((document): document is ModuleStreamV2 => document._tag === "ModuleStreamV2")

/** `xmd.mbs.scmurl`, where the document names its source. */
const sourceOf = (text: string): string | undefined => {
  const xmd = streamOf(text)?.xmd
  const mbs = Xmd.isMapping(xmd) ? xmd.get("mbs") : undefined
  const url = Xmd.isMapping(mbs) ? mbs.get("scmurl") : undefined
  return typeof url === "string" ? url : undefined
}

const digits = (key: string): number => Number(/(\d{1,15})$/.exec(key)?.[1] ?? 0)
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex")

export interface Generator {
  readonly name: string
  readonly version: string
  readonly host: { readonly os: string; readonly arch: string }
}

export interface Times {
  /** Seconds since 1970. */
  readonly start: number
  readonly end: number
}

/** `packages` are identities (`name-epoch:version-release.arch`) the module ships; `rpms` what the hub has. */
export const make = (
  subject: Subject,
  key: string,
  generator: Generator,
  times: Times,
  packages: ReadonlySet<string>,
  rpms: ReadonlyArray<HubRpm>
): ModuleImport => {
  const [first] = subject.documents
  const text = first?.text ?? ""
  const id = nvr(subject)
  const [release = "", version = "", ...name] = id.split("-").reverse()
  const components = (arch: string) =>
    rpms.filter((rpm) =>
      (rpm.arch === arch || rpm.arch === "noarch") &&
      packages.has(`${rpm.name}-${rpm.epoch ?? 0}:${rpm.version}-${rpm.release}.${rpm.arch}`)
    ).map(({ arch, epoch, name, payloadhash, release, version }) => ({
      type: "rpm",
      name,
      version,
      release,
      epoch,
      arch,
      sigmd5: payloadhash,
      signature: null
    }))
  const files = [
    ...subject.documents.map((document) => ({
      arch: document.arch,
      name: `modulemd.${document.arch}.txt`,
      text: document.text
    })),
    { arch: "noarch", name: "modulemd.txt", text }
  ].map((file) => ({ ...file, bytes: Buffer.from(file.text, "utf8") }))
  const log = Buffer.from(`${id}: ${packages.size} packages in ${contentTag(subject)}\n`, "utf8")
  const described = { buildroot_id: 1, checksum_type: "md5" }
  const metadata = {
    metadata_version: 0,
    build: {
      name: name.reverse().join("-"),
      version,
      release,
      source: sourceOf(text) ?? null,
      start_time: times.start,
      end_time: times.end,
      extra: {
        typeinfo: {
          module: {
            module_build_service_id: digits(key),
            content_koji_tag: contentTag(subject),
            modulemd_str: text,
            name: subject.name,
            stream: subject.stream,
            version: String(subject.version),
            context: subject.context
          }
        }
      }
    },
    buildroots: [{
      id: 1,
      host: generator.host,
      content_generator: { name: generator.name, version: generator.version },
      container: { type: "none", arch: generator.host.arch },
      components: [],
      tools: [{ name: generator.name, version: generator.version }]
    }],
    output: [
      ...files.map(({ arch, bytes, name }) => ({
        ...described,
        filename: name,
        filesize: bytes.byteLength,
        checksum: md5(bytes),
        arch,
        type: "module",
        extra: { typeinfo: { module: {} } },
        components: components(arch)
      })),
      {
        ...described,
        filename: "build.log",
        filesize: log.byteLength,
        checksum: md5(log),
        arch: "noarch",
        type: "log"
      }
    ]
  }
  return {
    nvr: id,
    directory: `cli-build/orch-${md5(Buffer.from(id))}`,
    metadata: JSON.stringify(metadata),
    files: [...files.map(({ bytes, name }) => ({ name, bytes })), { name: "build.log", bytes: log }]
  }
}
