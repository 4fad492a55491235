/** Where production repositories are: a repository host that need not be the one builds publish at. */
import { type Content, type Interface as Host, RepositoryHostError } from "@orch/core/ports/RepositoryHost"
import * as RepositoryHosts from "@orch/core/ports/RepositoryHosts"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as ArtifactHref from "../artifacts/ArtifactHref.ts"
import type { ArtifactStore } from "../artifacts/ArtifactStore.ts"
import { hostName } from "../products/Products.ts"

/** The host of production repositories. */
export class ProductionHost extends Context.Service<ProductionHost, Host>()("@orch/server/releases/ProductionHost") {}

const located = Effect.fnUntraced(function*(store: ArtifactStore["Service"], content: Content) {
  const sha256 = content._tag === "Package" ? ArtifactHref.parse(content.location) : undefined
  if (sha256 === undefined || content._tag !== "Package") return content
  const found = yield* store.find(sha256)
  if (found !== undefined) return { ...content, location: found.path }
  const message = `${content.nevra}: this server no longer has the file ${sha256}`
  return yield* new RepositoryHostError({ reason: "rejected", operation: "change", message })
})

/** Where releases go: repositories of products are where products put them, all others at the host of production repositories. */
export const withProducts = (production: Host, products: Host): Host =>
  RepositoryHosts.combine([{ prefix: hostName(""), host: products }, { prefix: "", host: production }])

/** The same host for content that lies in the store of artifacts: plans name files as the store does, wherever it is now. */
export const ofArtifacts = (host: Host, store: ArtifactStore["Service"]): Host => ({
  ...host,
  change: (name, change) =>
    Effect.flatMap(
      Effect.forEach(change.add, (content) => located(store, content)),
      (add) => host.change(name, { ...change, add })
    )
})
