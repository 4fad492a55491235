/** Content generators: builds whose files were made elsewhere, and the uploads they come from. */
import { createHash, randomBytes } from "node:crypto"
import type { Value } from "../../XmlRpc.ts"
import { adler32 } from "../adler32.ts"
import { buildRow } from "./buildMethods.ts"
import {
  type Build,
  buildStates,
  fault,
  generic,
  type HubState,
  needBuild,
  nextEvent,
  nextId,
  nvr,
  packageId,
  type User
} from "./HubState.ts"
import { type Context, list, loggedIn, method, type Methods, struct, text } from "./Method.ts"

const generatorAccess = (context: Context, generator: Value | undefined): User => {
  const user = loggedIn(context)
  const { users } = context.state
  if (![...users.values()].some(({ generators }) => generators.has(text(generator)))) {
    throw generic(`No such entry in table content_generator: ${text(generator)}`)
  }
  // Being an administrator is not enough.
  if (!user.generators.has(text(generator))) {
    throw fault(1002, `Content generator access required (${text(generator)})`)
  }
  return user
}

const claim = (
  state: HubState,
  owner: User,
  generator: string,
  wanted: { name: string; version: string; release: string; epoch?: number | null; source?: string; extra?: Value }
): Build => {
  const known = [...state.builds.values()].find((build) => nvr(build) === nvr(wanted))
  if (known !== undefined && known.state !== buildStates.FAILED && known.state !== buildStates.CANCELED) {
    throw generic(`Build already exists (id=${known.id}, state=${known.state})`)
  }
  const build: Build = {
    id: known?.id ?? nextId(state),
    name: wanted.name,
    version: wanted.version,
    release: wanted.release,
    epoch: wanted.epoch ?? null,
    state: buildStates.BUILDING,
    task: null,
    owner,
    source: wanted.source ?? null,
    extra: struct(wanted.extra) as Record<string, Value>,
    event: nextEvent(state),
    started: state.now(),
    created: state.now(),
    completed: null,
    generator,
    token: randomBytes(32).toString("hex")
  }
  packageId(state, build.name)
  state.builds.set(build.id, build)
  return build
}

const checkOutput = (state: HubState, directory: string, output: Readonly<Record<string, Value | undefined>>): void => {
  const path = `${directory}/${text(output.filename)}`
  const bytes = state.uploads.get(path)
  if (bytes === undefined) throw generic(`No such file: ${path}`)
  if (bytes.byteLength !== output.filesize) {
    throw generic(
      `File size ${bytes.byteLength} for ${text(output.filename)} doesn't match. Expected ${String(output.filesize)}`
    )
  }
  const digest = createHash(text(output.checksum_type)).update(bytes).digest("hex")
  if (digest !== output.checksum) throw generic(`File checksum mismatch for ${text(output.filename)}`)
}

export const contentMethods: Methods = {
  listCGs: method("list_cgs", "", (_, { state }) => {
    const names = new Set([...state.users.values()].flatMap(({ generators }) => [...generators]))
    return Object.fromEntries([...names].map((name, index) => [
      name,
      {
        id: index + 1,
        users: [...state.users.values()].filter(({ generators }) => generators.has(name)).map((user) => user.name)
      }
    ]))
  }),
  listBTypes: method(
    "list_btypes",
    "query=, queryOpts=",
    () => ["rpm", "maven", "win", "image", "module"].map((name, index) => ({ id: index + 1, name }))
  ),
  CGInitBuild: method("cg_init_build", "cg, data", ({ cg, data }, context) => {
    const owner = generatorAccess(context, cg)
    const { name, version, release } = struct(data)
    const build = claim(context.state, owner, text(cg), {
      name: text(name),
      version: text(version),
      release: text(release)
    })
    return { build_id: build.id, token: build.token ?? null }
  }),
  CGImport: method("cg_import", "metadata, directory, token=", ({ metadata, directory, token }, context) => {
    const { state } = context
    loggedIn(context)
    const uploaded = typeof metadata === "string" && metadata.endsWith(".json")
      ? state.uploads.get(`${text(directory)}/${metadata}`)
      : undefined
    const given = typeof metadata === "string" ? JSON.parse(uploaded?.toString("utf8") ?? metadata) : metadata
    const { build: wanted, buildroots, output } = struct(given)
    const generator = text(struct(struct(list(buildroots)[0]).content_generator).name)
    const owner = generatorAccess(context, generator)
    const fields = struct(wanted)
    for (const file of list(output).map(struct)) checkOutput(state, text(directory), file)
    const used = new Set(list(output).map((file) => struct(file).buildroot_id))
    if (list(buildroots).some((root) => !used.has(struct(root).id))) throw generic("Missing buildroot for output")
    let build: Build
    if (typeof fields.build_id === "number") {
      build = needBuild(state, fields.build_id)
      if (build.token !== token) throw generic(`Token doesn't match build ID ${build.id}`)
      if (build.state !== buildStates.BUILDING) throw generic(`Build is not in BUILDING state: ${nvr(build)}`)
    } else build = claim(state, owner, generator, fields as never)
    build.extra = struct(fields.extra) as Record<string, Value>
    build.state = buildStates.COMPLETE
    build.completed = state.now()
    return { ...buildRow(state, build), id: build.id, cg_name: generator }
  }),
  CGRefundBuild: method(
    "cg_refund_build",
    "cg, build_id, token, state=",
    ({ cg, build_id, token, state: to }, context) => {
      generatorAccess(context, cg)
      const build = needBuild(context.state, build_id)
      if (build.token !== token) throw generic(`Token doesn't match build ID ${build.id}`)
      build.state = typeof to === "number" ? to : buildStates.FAILED
      return null
    }
  ),
  listArchives: method("list_archives", "buildID=, type=, **", () => []),
  uploadFile: method(
    "uploadFile",
    "path, name, size, md5sum, offset, data, volume=, checksum=",
    ({ path, name, size, md5sum, offset, data }, context) => {
      loggedIn(context)
      const { uploads } = context.state
      const file = `${text(path)}/${text(name)}`
      const bytes = Buffer.from(text(data), "base64")
      const known = uploads.get(file)
      const isWhole = (stored: Uint8Array) => typeof md5sum !== "string" || digest("md5", stored) === md5sum
      // The last chunk tells of the whole file; each other one of itself.
      if (offset !== -1 && (size !== bytes.byteLength || !isWhole(bytes))) return false
      if (offset === 0 && known !== undefined && !file.endsWith(".log")) {
        throw generic(`file already exists: ${file}`)
      }
      const begins = offset === 0 || (offset === -1 && size === bytes.byteLength)
      const before = begins || known === undefined ? Buffer.alloc(0) : known
      const start = typeof offset === "number" && offset > 0 ? before.subarray(0, offset) : before
      const stored = Buffer.concat([start, bytes])
      uploads.set(file, stored)
      return offset !== -1 || isWhole(stored)
    }
  ),
  checkUpload: method("checkUpload", "path, name, verify=, tail=, volume=", ({ path, name, verify }, { state }) => {
    const bytes = state.uploads.get(`${text(path)}/${text(name)}`)
    if (bytes === undefined) return null
    const algorithm = text(verify)
    return {
      size: bytes.byteLength,
      mtime: state.now(),
      ...(verify === undefined || verify === null
        ? {}
        : { sumlength: bytes.byteLength, hexdigest: digest(algorithm, bytes) })
    }
  })
}

const digest = (algorithm: string, bytes: Uint8Array): string => {
  if (algorithm === "adler32") return adler32(bytes)
  if (algorithm !== "md5" && algorithm !== "sha256") throw generic(`Unsupported verify type: ${algorithm}`)
  return createHash(algorithm).update(bytes).digest("hex")
}

/** `POST <hub>?filename=…&filepath=…`: a chunk of a file, raw. */
export const rawUpload = (context: Context, query: URLSearchParams, chunk: Buffer): Value => {
  loggedIn(context)
  const path = `${query.get("filepath") ?? ""}/${query.get("filename") ?? ""}`
  const offset = Number(query.get("offset") ?? 0)
  const { uploads } = context.state
  const known = uploads.get(path)
  if (known !== undefined && offset === 0 && query.get("overwrite") !== "1") {
    throw generic(`upload path exists: ${path}`)
  }
  const start = offset === -1 ? known?.byteLength ?? 0 : offset
  uploads.set(path, Buffer.concat([(known ?? Buffer.alloc(0)).subarray(0, start), chunk]))
  const fileverify = query.get("fileverify") ?? "adler32"
  return { size: chunk.byteLength, fileverify, offset, hexdigest: digest(fileverify, chunk) }
}
