/** What announcements say about campaigns, gates, releases, repositories and storage nodes. */
import { CampaignState, NodeState } from "@orch/core/campaign/Campaign"
import { ReleaseState } from "@orch/core/release/Release"
import * as Schema from "effect/Schema"
import { Repository } from "../shaman/RepositoriesApi.ts"
import * as Topic from "./Topic.ts"

const textOrNull = Schema.NullOr(Schema.String)

const repository = (about: string) => Topic.make({ version: 1, about, subject: "repository/ID", body: Repository })

/** The topics by name. */
export const topics = {
  "campaign.state": Topic.make({
    version: 1,
    about: "A campaign is in another state.",
    subject: "campaign/ID",
    body: Schema.Struct({
      id: Schema.Int,
      state: CampaignState,
      state_reason: Schema.String,
      owner: Schema.String
    })
  }),
  "campaign.node": Topic.make({
    version: 1,
    about: "A node of a campaign is in another state, or what it built is not in order any more.",
    subject: "campaign/ID/NODE",
    body: Schema.Struct({
      campaign: Schema.Int,
      node: Schema.String,
      state: NodeState,
      state_reason: Schema.String,
      attempt: Schema.Int,
      builds: Schema.Array(Schema.Int).annotate({ description: "Numbers of its module builds." }),
      regressed: textOrNull.annotate({ description: "The check that failed after it was done." })
    })
  }),
  "gate.decision": Topic.make({
    version: 1,
    about:
      "A gate decides otherwise than before, or for the first time, about a subject at one point for one product version.",
    subject: "gate/SUBJECT_TYPE/IDENTIFIER",
    body: Schema.Struct({
      subject_type: Schema.String,
      subject_identifier: Schema.String,
      product_version: Schema.String,
      decision_context: Schema.String,
      policies_satisfied: Schema.Boolean,
      summary: Schema.String,
      satisfied_requirements: Schema.Array(Schema.Json).annotate({
        description: "As Greenwave's decisions have them."
      }),
      unsatisfied_requirements: Schema.Array(Schema.Json),
      applicable_policies: Schema.Array(textOrNull),
      previous: Schema.NullOr(Schema.Struct({ policies_satisfied: Schema.Boolean, summary: Schema.String })).annotate({
        description: "What was decided before; null the first time."
      }),
      regressed: Schema.Boolean.annotate({ description: "Whether it was satisfied and is not any more." }),
      module_build: Schema.NullOr(
        Schema.Struct({ id: Schema.Int, is_ready: Schema.Boolean, satisfied: Schema.Boolean })
      ).annotate({
        description:
          "The module build that the subject is, where this is the point that module builds are held to, and whether "
          + "the policies of any product version are satisfied."
      })
    })
  }),
  "gate.promotion": Topic.make({
    version: 1,
    about: "The largest set of candidates that a target can take was promoted there.",
    subject: "gate-target/NAME",
    body: Schema.Struct({
      number: Schema.Int,
      target: Schema.String,
      by: Schema.String,
      promoted: Schema.Array(Schema.String),
      refused: Schema.Array(Schema.Struct({ id: Schema.String, reason: Schema.String })),
      is_largest: Schema.Boolean.annotate({ description: "Whether no larger set would do." })
    })
  }),
  "release.state": Topic.make({
    version: 1,
    about: "A release is in another state.",
    subject: "release/ID",
    body: Schema.Struct({
      id: Schema.Int,
      platform: Schema.String,
      builds: Schema.Array(Schema.Int),
      state: ReleaseState,
      state_reason: Schema.String
    })
  }),
  "repository.created": repository("A repository was recorded for the first time."),
  "repository.updated": repository("What is recorded of a repository is different."),
  "repository.deleted": repository("A repository was deleted."),
  "repository.expired": repository("A repository was kept for long enough and is recorded no more."),
  "repository.promoted": repository("A repository is part of a release now."),
  "repository.demoted": repository("A repository is part of no release any more."),
  "repository.gone": repository("A repository is not where it is recorded to be."),
  "repository.returned": repository("A repository is where it is recorded to be again."),
  "package-build-report.changed": Topic.make({
    version: 1,
    about: "A report about the build of a package was recorded or changed.",
    subject: "package-build-report/ID",
    body: Schema.Struct({
      url: Schema.String,
      log_url: textOrNull,
      ref: Schema.String,
      sha1: Schema.String,
      flavor: Schema.String,
      status: Schema.String,
      extra: Schema.Json,
      modified: Schema.String,
      started: Schema.String,
      completed: textOrNull,
      project: Schema.String,
      distro_version: textOrNull,
      distro_codename: textOrNull,
      distro: textOrNull,
      distro_arch: textOrNull
    })
  }),
  "storage-node.health": Topic.make({
    version: 1,
    about: "A storage node answers, or does not answer any more.",
    subject: "storage-node/HOST",
    body: Schema.Struct({ host: Schema.String, healthy: Schema.Boolean, down_count: Schema.Int })
  })
} as const satisfies Readonly<Record<string, Topic.Topic>>
