/** Platforms, flavors and products on the wire of AlmaLinux's build system. */
import { PlatformData } from "@orch/core/packagebuild/PlatformData"
import * as Schema from "effect/Schema"
import { RepositoryCreate, RepositoryWire } from "./RepositoryWire.ts"
import { SignKeyWire } from "./SignWire.ts"
import { TeamWire, UserWire } from "./UserWire.ts"

const text = Schema.String
const name = text.check(
  Schema.isMinLength(1),
  Schema.isMaxLength(255),
  Schema.isPattern(/^(?!\.)[^/\p{Cc}]*$/u, {
    message:
      "it becomes part of the names of repositories, so it has no slash and no control character, and begins with no dot"
  })
)
const arch = text.check(
  Schema.isPattern(/^[A-Za-z0-9_]{1,50}$/, {
    message: "an architecture has up to 50 letters, digits and underscores"
  })
)
/** It becomes part of the names of repositories. */
const productName = text.check(
  Schema.isPattern(/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/, {
    message: "a product's name has up to 100 letters, digits, dots, dashes, underscores and plus signs"
  })
)
const maybe = <S extends Schema.Top>(schema: S) => Schema.optionalKey(Schema.NullOr(schema))

/** How a platform keeps the sources of modules. */
export const ModularityWire = Schema.StructWithRest(
  Schema.Struct({
    packages_git: maybe(text),
    git_tag_prefix: maybe(Schema.Struct({ modified: text, non_modified: text })),
    modified_packages_url: maybe(text)
  }),
  [Schema.Record(Schema.String, Schema.Json)]
)

const optional = {
  contact_mail: maybe(text),
  copyright: maybe(text),
  test_dist_name: maybe(text),
  priority: maybe(Schema.Int),
  pgp_key: maybe(text),
  copy_priority_arches: maybe(Schema.Array(text)),
  weak_arch_list: maybe(Schema.Array(Schema.Struct({ name: text, depends_on: text }))),
  is_reference: maybe(Schema.Boolean),
  reference_platforms: maybe(Schema.Array(Schema.Json)),
  modularity: maybe(ModularityWire)
}

/** A platform that is to be made. */
export const PlatformCreate = Schema.Struct({
  name,
  type: Schema.Literals(["rpm", "deb"]),
  distr_type: text,
  distr_version: text,
  arch_list: Schema.Array(arch).check(
    Schema.isMinLength(1),
    Schema.isMaxLength(50)
  ),
  repos: maybe(Schema.Array(RepositoryCreate).check(Schema.isMaxLength(1000))),
  data: maybe(PlatformData),
  ...optional
})
/** A platform that is to be made. */
export interface PlatformCreate extends Schema.Schema.Type<typeof PlatformCreate> {}

/** A change of the platform that has this name. What is absent stays; `repos` is the whole wanted list. */
export const PlatformModify = Schema.Struct({
  name,
  type: maybe(Schema.Literals(["rpm", "deb"])),
  distr_type: maybe(text),
  distr_version: maybe(text),
  arch_list: maybe(Schema.Array(arch).check(Schema.isMinLength(1), Schema.isMaxLength(50))),
  repos: maybe(Schema.Array(RepositoryCreate).check(Schema.isMaxLength(1000))),
  data: maybe(PlatformData),
  ...optional
})
/** A change of a platform. */
export interface PlatformModify extends Schema.Schema.Type<typeof PlatformModify> {}

/** A platform as both generations of clients read it. Of its settings the list shows the versions only. */
export const PlatformWire = Schema.Struct({
  id: Schema.Number,
  name: text,
  distr_type: text,
  distr_version: text,
  pgp_key: Schema.NullOr(text),
  arch_list: Schema.Array(text),
  modularity: Schema.NullOr(Schema.Json),
  data: Schema.optionalKey(Schema.Json)
}).annotate({ identifier: "AlbsPlatform" })
/** A platform as clients read it. */
export interface PlatformWire extends Schema.Schema.Type<typeof PlatformWire> {}

/** A bare list of ids of repositories. */
export const RepositoryIds = Schema.Array(Schema.Int).check(Schema.isMaxLength(1000))

/** A variant of platforms: more repositories, and settings of its own. */
export const FlavorCreate = Schema.Struct({
  name,
  modularity: maybe(Schema.Json),
  repositories: maybe(Schema.Array(RepositoryCreate).check(Schema.isMaxLength(1000))),
  data: maybe(PlatformData)
})
/** A variant of platforms that is to be made or changed. */
export interface FlavorCreate extends Schema.Schema.Type<typeof FlavorCreate> {}

/** A variant of platforms as clients read it. */
export const FlavorWire = Schema.Struct({
  id: Schema.Number,
  name: text,
  modularity: Schema.NullOr(Schema.Json),
  repositories: Schema.Array(RepositoryWire)
}).annotate({ identifier: "AlbsFlavor" })
/** A variant of platforms as clients read it. */
export interface FlavorWire extends Schema.Schema.Type<typeof FlavorWire> {}

/** A distribution as clients of old read it: today's products by another name. */
export const DistributionWire = Schema.Struct({ id: Schema.Number, name: text })

/** A distribution that is to be made for these platforms, by name. */
export const DistributionCreate = Schema.Struct({
  name: productName,
  platforms: Schema.Array(text).check(Schema.isMinLength(1), Schema.isMaxLength(100))
})

/** Platforms by name, as products name them: whole platforms, of which the name counts. */
export const PlatformNames = Schema.Array(
  Schema.StructWithRest(Schema.Struct({ name: text }), [Schema.Record(Schema.String, Schema.Json)])
).check(Schema.isMaxLength(100))

/** A product that is to be made. */
export const ProductCreate = Schema.Struct({
  name: productName,
  owner_id: Schema.Int,
  title: text,
  description: maybe(text),
  team_id: maybe(Schema.Int),
  is_community: maybe(Schema.Boolean),
  platforms: maybe(PlatformNames)
})
/** A product that is to be made. */
export interface ProductCreate extends Schema.Schema.Type<typeof ProductCreate> {}

/** A product: a set of repositories that builds are released to. */
export const ProductWire = Schema.Struct({
  id: Schema.Number,
  name: text,
  title: Schema.NullOr(text),
  description: Schema.NullOr(text),
  is_community: Schema.Boolean,
  builds: Schema.Array(Schema.Struct({ id: Schema.Number })),
  repositories: Schema.Array(RepositoryWire),
  platforms: Schema.Array(PlatformWire),
  sign_keys: Schema.Array(SignKeyWire),
  owner: Schema.NullOr(UserWire),
  team: Schema.NullOr(TeamWire)
}).annotate({ identifier: "AlbsProduct" })
/** A product: a set of repositories that builds are released to. */
export interface ProductWire extends Schema.Schema.Type<typeof ProductWire> {}

/** All products, or a page of them. */
export const ProductPage = Schema.Union([
  Schema.Array(ProductWire),
  Schema.Struct({ products: Schema.Array(ProductWire), total_products: Schema.Number, current_page: Schema.Number })
])

/** Projects of the forge, as the cache of the listener keeps them. */
export const ProjectWire = Schema.Struct({
  name: text,
  clone_url: text,
  tags: Schema.Array(text),
  branches: Schema.Array(text)
})
