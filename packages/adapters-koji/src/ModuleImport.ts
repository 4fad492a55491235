/**
 * A module as a content generator's build: the metadata and files that `CGImport` takes.
 *
 * Pure. The build is named `name-stream-version.context`, dashes of the stream as underscores, `name-devel-…` for the complement,
 * and carries the modulemd in `extra.typeinfo.module`, which is where clients of the Module Build Service look for it. Its
 * files: a modulemd for each architecture, the whole one, the submitted one, and the log.
 */
import * as Modulemd from "@orch/core/modulemd/Modulemd"
import type { ModuleStreamV2 } from "@orch/core/modulemd/ModuleStreamV2"
import type { Content, Origin } from "@orch/core/ports/RepositoryHost"
import * as TagPlan from "@orch/core/resolution/TagPlan"
import * as Result from "effect/Result"
import { createHash } from "node:crypto"
import type { ModulePackage } from "./ModulePackages.ts"

/** A file of an import: its name in the upload's directory, and what is in it. */
export interface File {
  readonly name: string
  readonly bytes: Uint8Array
}

/**
 * All that `CGImport` takes: the name of the build, the metadata as JSON text, and the files to upload before the call.
 */
export interface ModuleImport {
  readonly nvr: string
  /** Directory of the upload; stable, so that a repeated import overwrites its own files. */
  readonly directory: string
  readonly metadata: string
  readonly files: ReadonlyArray<File>
}

/** A document and the architecture it is for. */
export interface ArchDocument {
  readonly arch: string
  readonly text: string
}

/** The module that is imported: its name, stream, version and context, and a document for each architecture. */
export interface Subject {
  readonly name: string
  readonly stream: string
  readonly version: bigint
  readonly context: string
  /** One for each architecture. */
  readonly documents: ReadonlyArray<ArchDocument>
}

const documentsOf = (
  documents: ReadonlyArray<{ readonly id: string; readonly text: string }>
): Result.Result<ReadonlyArray<ArchDocument>, string> => {
  const found = documents.map(({ id, text }) => ({ arch: identity.exec(id)?.[5], id, text }))
  const wrong = found.find(({ arch }) => arch === undefined)
  return wrong === undefined
    ? Result.succeed(found.map(({ arch = "", text }) => ({ arch, text })))
    : Result.fail(`"${wrong.id}" is not name:stream:version:context:arch`)
}

const identity = /^([^:]+):([^:]+):(\d+):([^:]+):([^:]+)$/

/**
 * The one module whose documents are among the contents, with all of its documents. Fails, in words for people, where
 * there is no modulemd, where an identity is not `name:stream:version:context:arch`, and where there are two modules.
 */
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

/**
 * The name of the build, such as `perl-5.30-820200101.abcdef12`; with `devel`, that of the complement
 * (`perl-devel-5.30-…`).
 */
export const nvr = ({ name, ...rest }: Subject, devel = false): string =>
  TagPlan.cgNvr({ ...rest, name: devel ? `${name}-devel` : name })

const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex")

/** Who Koji is told made the build: a content generator that the hub knows, its version, and the machine it ran on. */
export interface Generator {
  readonly name: string
  readonly version: string
  readonly host: { readonly os: string; readonly arch: string }
}

/** What an import is made of. Nothing of it is looked up here. */
export interface Options {
  readonly subject: Subject
  readonly origin: Origin
  readonly generator: Generator
  /** The owner, if the hub knows somebody of that name. */
  readonly owner: string | undefined
  /** Everything in the module's tag. */
  readonly packages: ReadonlyArray<ModulePackage>
  /** The `-devel` complement instead of the module. */
  readonly devel: boolean
}

interface DocumentFile extends File {
  readonly arch: string
  readonly components: ReadonlyArray<ModulePackage>
}

interface Documents {
  /** For all architectures. */
  readonly text: string
  readonly files: ReadonlyArray<DocumentFile>
}

const component = ({ arch, epoch, name, release, sigmd5, version }: ModulePackage) => ({
  type: "rpm",
  name,
  version,
  release,
  epoch,
  arch,
  sigmd5
})

const seconds = (millis: number): number => Math.floor(millis / 1000)

const streamOf = (text: string): ModuleStreamV2 | undefined =>
  Modulemd.read(text).documents.find((document): document is ModuleStreamV2 => document._tag === "ModuleStreamV2")

/** The files with modulemd, each with the packages it speaks of; the one for all architectures speaks of every package. */
const documentFiles = ({ devel, origin, packages, subject }: Options): Result.Result<Documents, string> => {
  const documents = devel ? documentsOf(origin.complement?.documents ?? []) : Result.succeed(subject.documents)
  const text = devel ? origin.complement?.modulemd : origin.modulemd
  if (Result.isFailure(documents)) return Result.fail(documents.failure)
  if (text === undefined || streamOf(text) === undefined) {
    return Result.fail("the planned modulemd holds no module stream")
  }
  const byNevra = new Map(packages.map((one) => [one.nevra, one]))
  const perArch = documents.success.map(({ arch, text }) => ({
    arch,
    name: `modulemd.${arch}.txt`,
    text,
    components: streamOf(text)?.artifacts.rpms.flatMap((nevra) => byNevra.get(nevra) ?? []) ?? []
  }))
  return Result.succeed({
    text,
    files: [
      ...perArch,
      { arch: "noarch", name: "modulemd.txt", text, components: packages },
      ...(origin.submitted === undefined
        ? []
        : [{ arch: "src", name: "modulemd.src.txt", text: origin.submitted, components: packages }])
    ].map((file) => ({
      ...file,
      bytes: Buffer.from(file.text, "utf8")
    }))
  })
}

/** Fails when the origin's modulemd cannot be read, or says nothing of the complement that is to be imported. */
export const make = (options: Options): Result.Result<ModuleImport, string> =>
  Result.map(documentFiles(options), ({ files, text }) => {
    const { devel, generator, origin, owner, subject } = options
    const id = nvr(subject, devel)
    const [release = "", version = "", ...name] = id.split("-").reverse()
    const log = Buffer.from(origin.log, "utf8")
    const described = { buildroot_id: 1, checksum_type: "md5" }
    const fullName = name.reverse().join("-")
    const metadata = {
      metadata_version: 0,
      build: {
        name: fullName,
        version,
        release,
        source: origin.scmurl ?? null,
        start_time: seconds(origin.begun),
        end_time: seconds(origin.ended),
        ...(owner === undefined ? {} : { owner }),
        extra: {
          typeinfo: {
            module: {
              module_build_service_id: origin.build,
              content_koji_tag: contentTag(subject),
              modulemd_str: text,
              name: fullName,
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
        ...files.map(({ arch, bytes, components, name }) => ({
          ...described,
          filename: name,
          filesize: bytes.byteLength,
          checksum: md5(bytes),
          arch,
          type: "file",
          extra: { typeinfo: { module: {} } },
          components: components.map(component)
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
  })
