/**
 * chacra in memory, over real HTTP, for tests: binaries, repositories with their queue, the files nginx would serve.
 *
 * It keeps chacra's habits: HTTP Basic on writes; 400 for a file that exists without `force`; 500 for a PUT of an unknown file; a
 * repository is born with its first file and dies with its last; the listing of an architecture mixes flavors; a rebuild waits in
 * a queue, and readers see the state of the last rebuild. That it is true to chacra's own client is tested beside it.
 */
import { createHash } from "node:crypto"
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"

interface Binary {
  readonly place: string
  readonly arch: string
  readonly flavor: string
  readonly name: string
  content: Buffer
  checksum: string
}

interface Repo {
  readonly place: string
  readonly flavor: string
  needsUpdate: boolean
  isQueued: boolean
  isUpdating: boolean
  type: string
  extra: unknown
  path: string | null
  /** What readers see: files by directory, and the extra of the last rebuild. */
  built: ReadonlyArray<string>
}

export interface FakeChacra {
  readonly url: string
  readonly user: string
  readonly key: string
  /** Makes the next uploads arrive damaged. */
  damageNext: number
  readonly close: () => Promise<void>
}

interface Answer {
  readonly status: number
  readonly body?: unknown
}

const sum = (content: Buffer): string => createHash("sha512").update(content).digest("hex")

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export const start = (options: { readonly queueMillis?: number } = {}): Promise<FakeChacra> => {
  const binaries: Array<Binary> = []
  const repos: Array<Repo> = []
  const credentials = { user: "uploader", key: "secret" }
  const authorization = `Basic ${Buffer.from(`${credentials.user}:${credentials.key}`).toString("base64")}`
  const fake: { damageNext: number } = { damageNext: 0 }

  const findRepo = (place: string, flavor: string) =>
    repos.find((repo) => repo.place === place && repo.flavor === flavor)

  const showRepo = (repo: Repo) => {
    const [project_name, ref, sha1, distro, distro_version] = repo.place.split("/")
    return {
      project_name,
      ref,
      sha1,
      distro,
      distro_version,
      flavor: repo.flavor,
      path: repo.path,
      needs_update: repo.needsUpdate,
      is_queued: repo.isQueued,
      is_updating: repo.isUpdating,
      type: repo.type,
      extra: repo.extra,
      archs: [
        ...new Set(
          binaries.filter((each) => each.place === repo.place && each.flavor === repo.flavor).map((each) => each.arch)
        )
      ]
    }
  }

  /** One round of chacra's poller and worker: queued, updating, ready. */
  const cycle = setInterval(() => {
    for (const repo of repos) {
      if (repo.isUpdating) {
        repo.built = binaries.filter((each) => each.place === repo.place && each.flavor === repo.flavor)
          .map((each) => `${each.arch === "source" ? "SRPMS" : each.arch}/${each.name}`)
        repo.path = `/opt/repos/${repo.place}/flavors/${repo.flavor}`
        repo.isUpdating = false
      } else if (repo.isQueued) {
        Object.assign(repo, { isQueued: false, isUpdating: true, needsUpdate: false })
      } else if (repo.needsUpdate) repo.isQueued = true
    }
  }, options.queueMillis ?? 5)

  const store = (place: string, arch: string, flavor: string, name: string, content: Buffer): Answer => {
    const kept = fake.damageNext > 0 ? Buffer.concat([content, Buffer.from("damage")]) : content
    if (fake.damageNext > 0) fake.damageNext--
    const found = binaries.find((each) =>
      each.place === place && each.arch === arch && each.flavor === flavor && each.name === name
    )
    if (found !== undefined) {
      Object.assign(found, { content: kept, checksum: sum(kept) })
      return { status: 200, body: {} }
    }
    binaries.push({ place, arch, flavor, name, content: kept, checksum: sum(kept) })
    if (findRepo(place, flavor) === undefined) {
      const type = name.endsWith(".rpm") ? "rpm" : "deb"
      repos.push({
        place,
        flavor,
        needsUpdate: false,
        isQueued: false,
        isUpdating: false,
        type,
        extra: {},
        path: null,
        built: []
      })
    }
    return { status: 201, body: {} }
  }

  const form = async (request: IncomingMessage): Promise<FormData | undefined> => {
    const body = await bodyOf(request)
    const headers = { "content-type": request.headers["content-type"] ?? "" }
    return new Response(new Uint8Array(body), { headers }).formData().catch(() => undefined)
  }

  const directory = async (
    request: IncomingMessage,
    place: string,
    arch: string,
    flavor: string | undefined
  ): Promise<Answer> => {
    if (request.method === "POST") {
      const data = await form(request)
      const file = data?.get("file")
      if (!(file instanceof Blob)) {
        return { status: 400, body: { message: "no file object found in \"file\" param in POST request" } }
      }
      const name = (file as File).name
      const wanted = flavor ?? "default"
      const there = binaries.some((each) =>
        each.place === place && each.arch === arch && each.flavor === wanted && each.name === name
      )
      if (there && data?.get("force") == null) {
        return { status: 400, body: { message: "resource already exists and \"force\" key was not used" } }
      }
      return store(place, arch, wanted, name, Buffer.from(await file.arrayBuffer()))
    }
    if (request.method !== "GET" && request.method !== "HEAD") return { status: 405 }
    const files = binaries.filter((each) =>
      each.place === place && each.arch === arch && (flavor === undefined || each.flavor === flavor)
    )
    if (files.length === 0) return { status: 404 }
    return {
      status: 200,
      body: Object.fromEntries(
        files.map((each) => [each.name, { name: each.name, checksum: each.checksum, size: each.content.length }])
      )
    }
  }

  const file = async (
    request: IncomingMessage,
    place: string,
    arch: string,
    flavor: string,
    name: string
  ): Promise<Answer> => {
    const found = binaries.find((each) =>
      each.place === place && each.arch === arch && each.flavor === flavor && each.name === name
    )
    switch (request.method) {
      case "PUT": {
        const sent = (await form(request))?.get("file")
        if (!(sent instanceof Blob)) {
          return { status: 400, body: { message: "no file object found in \"file\" param in POST request" } }
        }
        return found === undefined
          ? { status: 500 }
          : store(place, arch, flavor, name, Buffer.from(await sent.arrayBuffer()))
      }
      case "DELETE": {
        if (found === undefined) return { status: 404 }
        binaries.splice(binaries.indexOf(found), 1)
        const left = binaries.some((each) => each.place === place && each.flavor === flavor)
        const repo = findRepo(place, flavor)
        if (repo !== undefined && !left) repos.splice(repos.indexOf(repo), 1)
        return { status: 204 }
      }
      case "GET":
      case "HEAD":
        return found === undefined ? { status: 404 } : { status: 200, body: found.content }
      default:
        return { status: 405 }
    }
  }

  const repository = async (
    request: IncomingMessage,
    place: string,
    flavor: string,
    action: string | undefined
  ): Promise<Answer> => {
    const repo = findRepo(place, flavor)
    if (repo === undefined) return { status: 404 }
    if (request.method === "HEAD") return { status: 200, body: {} }
    if (action === undefined && request.method === "GET") return { status: 200, body: showRepo(repo) }
    if (request.method !== "POST") return { status: 405 }
    const text = (await bodyOf(request)).toString() || "{}"
    if (action === undefined) {
      Object.assign(repo, { type: (JSON.parse(text) as { readonly type?: string }).type ?? repo.type })
    } else if (action === "extra") repo.extra = JSON.parse(text)
    else if (action === "update" || action === "recreate") {
      Object.assign(repo, { needsUpdate: true, isQueued: false, isUpdating: false })
    } else return { status: 404 }
    return { status: 200, body: showRepo(repo) }
  }

  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const path = request.url!.split("?")[0]!
    const segments = path.split("/").filter((segment) => segment !== "").map(decodeURIComponent)
    const [area, ...rest] = segments
    const place = rest.slice(0, 5).join("/")
    const writes = request.method !== "GET" && request.method !== "HEAD"
    if (area === "health") return { status: 204 }
    if (writes && request.headers.authorization !== authorization) {
      return { status: 401, body: { message: "Unauthorized" } }
    }
    if (area === "binaries" && rest.length === 5) {
      const here = binaries.filter((each) => each.place === place)
      return here.length === 0
        ? { status: 404 }
        : {
          status: 200,
          body: Object.fromEntries(
            here.map((each) => [each.arch, here.filter((other) => other.arch === each.arch).map((other) => other.name)])
          )
        }
    }
    const [arch, ...below] = rest.slice(5)
    if (area === "binaries" && arch !== undefined) {
      const flavor = below[0] === "flavors" ? below[1] : undefined
      const name = below[0] === "flavors" ? below[2] : below[0]
      return name === undefined
        ? directory(request, place, arch, flavor)
        : file(request, place, arch, flavor ?? "default", name)
    }
    if (area === "repos" && rest.length >= 5) {
      return arch === "flavors"
        ? repository(request, place, below[0] ?? "", below[1])
        : repository(request, place, "default", arch)
    }
    if (area === "r" && arch === "flavors") {
      const repo = findRepo(place, below[0] ?? "")
      return repo === undefined || repo.path === null ? { status: 404 } : { status: 200, body: repo.built }
    }
    return { status: 404 }
  }

  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    answer(request).catch((): Answer => ({ status: 500 })).then(({ body, status }) => {
      const raw = Buffer.isBuffer(body)
      response.writeHead(status, { "content-type": raw ? "application/octet-stream" : "application/json" })
      response.end(
        status === 204 || request.method === "HEAD"
          ? undefined
          : raw
          ? body
          : JSON.stringify(body ?? { message: `status ${status}` })
      )
      request.resume()
    }, () => response.destroy())
  })
  return new Promise((resolve) =>
    server.listen(0, "127.0.0.1", () =>
      resolve(Object.assign(fake, {
        ...credentials,
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        close: () =>
          new Promise<void>((done) => {
            clearInterval(cycle)
            server.closeAllConnections()
            server.close(() => done())
          })
      })))
  )
}
