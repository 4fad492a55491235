/** The fake's content server: what readers of a distribution see. Only as much metadata as tells which packages and modules there are. */
import { gzipSync } from "node:zlib"
import { updateInfo } from "./advisoryUnits.ts"
import type { Answer } from "./FakeAnswer.ts"
import type { Content, FakeState } from "./FakeState.ts"
import { escape } from "./xmlText.ts"

const missing: Answer = {
  status: 404,
  body: "404: Not Found",
  headers: { "content-type": "text/plain; charset=utf-8" }
}

const locationOf = ({ shown }: Content): string => {
  const file = String(shown["location_href"])
  return `Packages/${file[0]!.toLowerCase()}/${file}`
}

const primary = (packages: ReadonlyArray<Content>): string => {
  const entries = packages.map((content) => {
    const { arch, epoch, name, pkgId, release, version } = content.shown
    return `<package type="rpm"><name>${escape(name)}</name><arch>${escape(arch)}</arch>` +
      `<version epoch="${escape(epoch)}" ver="${escape(version)}" rel="${escape(release)}"/>` +
      `<checksum type="sha256" pkgid="YES">${escape(pkgId)}</checksum><location href="${
        escape(locationOf(content))
      }"/></package>`
  })
  return `<?xml version="1.0" encoding="UTF-8"?>\n<metadata packages="${packages.length}">${
    entries.join("\n")
  }</metadata>\n`
}

const files = (state: FakeState, hrefs: ReadonlySet<string>): ReadonlyMap<string, Buffer> => {
  const content = [...hrefs].flatMap((href) => state.content.get(href) ?? [])
  const packages = content.filter(({ kind }) => kind === "package")
  const advisories = content.filter(({ kind }) => kind === "advisory")
  const modules = content.map(({ snippet }) => snippet).filter((text) => text !== "").map((text) => `${text}\n`).join(
    ""
  )
  const entry = (type: string, href: string) => `<data type="${type}"><location href="repodata/${href}"/></data>`
  const repomd = `<?xml version="1.0" encoding="UTF-8"?>\n<repomd>${entry("primary", "primary.xml.gz")}${
    modules === "" ? "" : entry("modules", "modules.yaml.gz")
  }${advisories.length === 0 ? "" : entry("updateinfo", "updateinfo.xml.gz")}</repomd>\n`
  return new Map([
    ["repodata/repomd.xml", Buffer.from(repomd)],
    ["repodata/primary.xml.gz", gzipSync(primary(packages))],
    ...(modules === "" ? [] : [["repodata/modules.yaml.gz", gzipSync(modules)] as const]),
    ...(advisories.length === 0 ? [] : [["repodata/updateinfo.xml.gz", gzipSync(updateInfo(advisories))] as const]),
    ...packages.flatMap((one) => one.artifact === undefined ? [] : [[locationOf(one), one.artifact.bytes] as const])
  ])
}

/** What a distribution serves: the publication it names, or the newest of its repository. */
const contentOf = (state: FakeState, shown: Record<string, unknown>): ReadonlySet<string> | undefined => {
  const { publication, repository } = shown
  if (publication != null) return state.publications.get(String(publication))?.content
  return [...state.publications.values()].findLast(({ version }) =>
    repository != null && version.startsWith(String(repository))
  )?.content
}

/** The answer to a path below `/pulp/content/`. */
export const serve = (state: FakeState, path: string): Answer => {
  const distribution = [...state.distributions.values()].find(({ shown }) =>
    path.startsWith(`${String(shown["base_path"])}/`)
  )
  if (distribution === undefined) return missing
  const { base_path, base_url, generate_repo_config, name } = distribution.shown
  const rest = path.slice(String(base_path).length + 1)
  if (rest === "config.repo" && generate_repo_config === true) {
    const lines = [`[${name}]`, `name=${name}`, `baseurl=${base_url}`, "repo_gpgcheck=0", "gpgcheck=0", "enabled=1", ""]
    return { status: 200, body: lines.join("\n"), headers: { "content-type": "text/plain; charset=utf-8" } }
  }
  const content = contentOf(state, distribution.shown)
  const all = content === undefined ? undefined : files(state, content)
  const file = all?.get(rest)
  if (file !== undefined) return { status: 200, body: file, headers: { "content-type": "application/octet-stream" } }
  const below = [...all?.keys() ?? []].filter((one) => one.startsWith(rest))
  if (!(rest === "" || rest.endsWith("/")) || below.length === 0) return missing
  const links = below.map((one) => `<a href="./${one.slice(rest.length)}">${one.slice(rest.length)}</a>`)
  return {
    status: 200,
    body: `\n<html>\n<head><title>Index of ${path}</title></head>\n${links.join("\n")}\n</html>\n`,
    headers: { "content-type": "text/html; charset=utf-8" }
  }
}
