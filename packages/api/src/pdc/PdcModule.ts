/** Modules as PDC writes and takes them. */
import { type PdcReader, reader } from "./PdcFields.ts"

/** A dependency on a stream of a module. */
export interface PdcDependency {
  readonly dependency: string
  readonly stream: string
}

/** A package of a module, and from which commit and branch its source is; those are `null` where nobody said. */
export interface PdcRpm {
  readonly name: string
  readonly epoch: number
  readonly version: string
  readonly release: string
  readonly arch: string
  readonly srpm_name: string
  readonly srpm_commit_hash: string | null
  readonly srpm_commit_branch: string | null
}

/** A module. */
export interface PdcModule {
  readonly name: string
  readonly stream: string
  readonly version: string
  readonly context: string
  readonly active: boolean
  readonly koji_tag: string
  readonly modulemd: string
  readonly runtime_deps: ReadonlyArray<PdcDependency>
  readonly build_deps: ReadonlyArray<PdcDependency>
  readonly rpms: ReadonlyArray<PdcRpm>
}

/** Its identity: `name:stream:version:context`. */
export const uid = ({ context, name, stream, version }: Pick<PdcModule, "name" | "stream" | "version" | "context">) =>
  `${name}:${stream}:${version}:${context}`

const keys = [
  "uid",
  "name",
  "stream",
  "version",
  "context",
  "active",
  "koji_tag",
  "modulemd",
  "runtime_deps",
  "build_deps",
  "rpms"
]

const dependency = (item: PdcReader): PdcDependency => ({
  dependency: item.text("dependency", { required: true, most: 300 }) ?? "",
  stream: item.text("stream", { required: true, most: 300 }) ?? ""
})

const rpm = (item: PdcReader): PdcRpm => {
  const needed = (name: string) => item.text(name, { required: true, most: 200 }) ?? ""
  const epoch = item.raw("epoch") ?? 0
  if (!/^\d{1,9}$/.test(String(epoch))) item.refuse("epoch", ["A valid integer is required."])
  return {
    name: needed("name"),
    epoch: Number(epoch),
    version: needed("version"),
    release: needed("release"),
    arch: needed("arch"),
    srpm_name: needed("srpm_name"),
    srpm_commit_hash: item.raw("srpm_commit_hash") === null
      ? null
      : item.text("srpm_commit_hash", { required: false, most: 64 }) ?? null,
    srpm_commit_branch: item.raw("srpm_commit_branch") === null
      ? null
      : item.text("srpm_commit_branch", { required: false, most: 300 }) ?? null
  }
}

/** What a body says of a module; without `before` all that has to be there is required, with it the rest stays as it was. */
export const decode = (body: unknown, before: PdcModule | undefined) => {
  const fields = reader(body, keys)
  const text = (name: string, most: number) => fields.text(name, { required: before === undefined, most })
  const module: PdcModule = {
    name: text("name", 300) ?? before?.name ?? "",
    stream: text("stream", 300) ?? before?.stream ?? "",
    version: text("version", 300) ?? before?.version ?? "",
    context: fields.text("context", { required: false, most: 300 }) ?? before?.context ?? "00000000",
    active: fields.flag("active") ?? before?.active ?? false,
    koji_tag: text("koji_tag", 300) ?? before?.koji_tag ?? "",
    modulemd: text("modulemd", 2_000_000) ?? before?.modulemd ?? "",
    runtime_deps: fields.list("runtime_deps", dependency) ?? before?.runtime_deps ?? [],
    build_deps: fields.list("build_deps", dependency) ?? before?.build_deps ?? [],
    rpms: fields.list("rpms", rpm) ?? before?.rpms ?? []
  }
  return { module, problems: fields.problems() }
}

const rpmName = ({ arch, epoch, name, release, version }: PdcRpm): string =>
  `${name}-${epoch}:${version}-${release}.${arch}.rpm`

/** A module as it is shown. */
export const encode = (module: PdcModule): Readonly<Record<string, unknown>> => ({
  uid: uid(module),
  name: module.name,
  stream: module.stream,
  version: module.version,
  context: module.context,
  active: module.active,
  koji_tag: module.koji_tag,
  modulemd: module.modulemd,
  runtime_deps: module.runtime_deps,
  build_deps: module.build_deps,
  rpms: module.rpms.map(rpmName)
})
