/** `/about`. */
import * as AboutPage from "@orch/web/AboutPage"
import * as Effect from "effect/Effect"
import packageJson from "../../package.json" with { type: "json" }
import type { PageModule } from "./PageModule.ts"

const systems: Readonly<Record<string, string>> = {
  local: "on this machine",
  koji: "on Koji",
  pool: "on build nodes"
}

const methods: Readonly<Record<string, string>> = {
  none: "nobody has to say who they are",
  token: "people and programs are known by tokens",
  oidc: "people are known by an OpenID provider",
  jwks: "people are known by signed tokens",
  kerberos: "people are known by Kerberos"
}

/** The page, of what the settings say: the build system and the way people are known. */
export const pages = (buildSystem: string, authentication: string): ReadonlyArray<PageModule> => [{
  address: "/about",
  make: ({ origin, prefix }) =>
    Effect.succeed({
      status: 200,
      page: AboutPage.page({
        version: packageJson.version,
        prefix,
        origin,
        buildSystem: systems[buildSystem] ?? "on a farm of its own",
        authentication: methods[authentication] ?? "people are known by other means"
      })
    })
}]
