/** What the fake has: units, repositories with their versions, publications, distributions and what else can be named. */
import { createHash, randomUUID } from "node:crypto"
import { FakeTasks } from "./FakeTasks.ts"
import type { RpmHeader } from "./rpmHeader.ts"

/** Something with a path, shown as it is. */
export interface Entity {
  readonly href: string
  readonly prn: string
  /** As the API shows it, in its order. */
  readonly shown: Record<string, unknown>
}

export interface Artifact extends Entity {
  readonly bytes: Buffer
  readonly sha256: string
}

export type ContentKind =
  | "package"
  | "modulemd"
  | "modulemd_defaults"
  | "modulemd_obsolete"
  | "packagegroup"
  | "advisory"

export interface Content extends Entity {
  readonly kind: ContentKind
  /** Within one version of a repository only one content has this key. */
  readonly key: string
  /** Within the whole Pulp only one content has this one. */
  readonly identity: string
  readonly snippet: string
  readonly linked: ReadonlyArray<string>
  readonly artifact: Artifact | undefined
  labels: Record<string, string>
}

export interface Version extends Entity {
  readonly number: number
  readonly content: ReadonlySet<string>
  readonly created: string
}

export interface Repository extends Entity {
  readonly versions: Array<Version>
}

export interface Publication extends Entity {
  readonly version: string
  readonly content: ReadonlySet<string>
}

export interface Upload extends Entity {
  readonly size: number
  readonly chunks: Map<number, Buffer>
}

export interface Options {
  readonly root: string
  readonly stepMillis: number
  readonly readPackage: (bytes: Buffer, name: string) => RpmHeader | undefined
}

/** Kind of a content, as it stands in paths. */
export const folders: Readonly<Record<ContentKind, string>> = {
  package: "packages",
  modulemd: "modulemds",
  modulemd_defaults: "modulemd_defaults",
  modulemd_obsolete: "modulemd_obsoletes",
  packagegroup: "packagegroups",
  advisory: "advisories"
}

export class FakeState {
  readonly root: string
  readonly readPackage: Options["readPackage"]
  readonly tasks: FakeTasks
  readonly artifacts = new Map<string, Artifact>()
  readonly uploads = new Map<string, Upload>()
  readonly content = new Map<string, Content>()
  readonly repositories = new Map<string, Repository>()
  readonly publications = new Map<string, Publication>()
  readonly distributions = new Map<string, Entity>()
  readonly remotes = new Map<string, Entity>()
  readonly groups = new Map<string, Entity>()
  readonly domains = new Map<string, Entity>()
  readonly signingServices = new Map<string, Entity>()
  /** Where the content is served, set when the server listens. */
  contentOrigin = ""

  constructor({ readPackage, root, stepMillis }: Options) {
    this.root = root
    this.readPackage = readPackage
    this.tasks = new FakeTasks(root, stepMillis, `prn:core.domain:${randomUUID()}`)
  }

  /** The first fields of everything, with a path below the API's root. */
  entity(path: string, prn: string, fields: Record<string, unknown>): Entity {
    const id = randomUUID()
    const href = `${this.root}${path}${id}/`
    const now = this.tasks.now()
    const named = { pulp_href: href, prn: `prn:${prn}:${id}`, pulp_created: now, pulp_last_updated: now }
    return { href, prn: named.prn, shown: { ...named, ...fields } }
  }

  store(bytes: Buffer): Artifact {
    const sum = (name: string) => createHash(name).update(bytes).digest("hex")
    const sha256 = sum("sha256")
    const made = this.entity("artifacts/", "core.artifact", {
      file: `artifact/${sha256.slice(0, 2)}/${sha256.slice(2)}`,
      size: bytes.length,
      md5: null,
      sha1: null,
      sha224: sum("sha224"),
      sha256,
      sha384: sum("sha384"),
      sha512: sum("sha512")
    })
    const artifact: Artifact = { ...made, bytes, sha256 }
    this.artifacts.set(made.href, artifact)
    return artifact
  }

  artifactOf(sha256: string): Artifact | undefined {
    return [...this.artifacts.values()].find((one) => one.sha256 === sha256)
  }

  latest(repository: Repository): Version {
    return repository.versions.at(-1)!
  }

  /** The version at a path. */
  version(href: string): Version | undefined {
    const repository = this.repositories.get(href.replace(/versions\/\d+\/$/, ""))
    return repository?.versions.find((one) => one.href === href)
  }

  /** Counts by kind, as content summaries have them. */
  summary(content: Iterable<string>, parameter: string, version: string): Record<string, unknown> {
    const counts = new Map<ContentKind, number>()
    for (const href of content) {
      const kind = this.content.get(href)?.kind
      if (kind !== undefined) counts.set(kind, (counts.get(kind) ?? 0) + 1)
    }
    return Object.fromEntries(
      [...counts].map(([kind, count]) => [`rpm.${kind}`, {
        count,
        href: `${this.root}content/rpm/${folders[kind]}/?${parameter}=${version}`
      }])
    )
  }
}
