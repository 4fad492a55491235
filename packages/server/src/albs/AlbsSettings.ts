/** The part of the configuration that build nodes, signers, test systems and their interface need. */
import * as BuildClass from "@orch/core/builderpool/BuildClass"
import type { Reservation } from "@orch/core/builderpool/PoolMatching"
import * as Context from "effect/Context"
import * as Data from "effect/Data"
import * as Result from "effect/Result"
import * as Setting from "../Setting.ts"

/** An entry that is no reservation. */
export class InvalidReservation extends Data.TaggedError("InvalidReservation")<{ readonly entry: string }> {
  override get message(): string {
    return `${JSON.stringify(this.entry)} is not CLASS:ARCH:SLOTS, such as release:x86_64:2`
  }
}

const parseReservations = (text: string): Result.Result<ReadonlyArray<Reservation>, InvalidReservation> => {
  const reservations: Array<Reservation> = []
  for (const entry of text.split(",").map((one) => one.trim()).filter((one) => one !== "")) {
    const found = /^([^:\s]+):([A-Za-z0-9_]+):(\d{1,5})$/.exec(entry)
    if (found === null) return Result.fail(new InvalidReservation({ entry }))
    reservations.push({ class: found[1]!, arch: found[2]!, slots: Number(found[3]) })
  }
  return Result.succeed(reservations)
}

/** An entry that says of no builds which class they are of. */
export class InvalidClassRule extends Data.TaggedError("InvalidClassRule")<{ readonly entry: string }> {
  override get message(): string {
    return `${
      JSON.stringify(this.entry)
    } is not CLASS:kind|owner|product:NAME, such as release:owner:releng or modules:kind:module`
  }
}

const parseClasses = (text: string): Result.Result<ReadonlyArray<BuildClass.ClassRule>, InvalidClassRule> => {
  const rules: Array<BuildClass.ClassRule> = []
  for (const entry of text.split(",").map((one) => one.trim()).filter((one) => one !== "")) {
    const rule = BuildClass.parse(entry)
    if (rule === undefined) return Result.fail(new InvalidClassRule({ entry }))
    rules.push(rule)
  }
  return Result.succeed(rules)
}

export const settings = {
  nodeGroups: Setting.list("ORCH_NODE_GROUPS", {
    about: "Groups whose members may take and report build tasks, besides nodes with tokens of their own.",
    fallback: "node"
  }),
  signerGroups: Setting.list("ORCH_SIGNER_GROUPS", {
    about: "Groups whose members may take and bring back signing tasks.",
    fallback: "signer"
  }),
  testerGroups: Setting.list("ORCH_TESTER_GROUPS", {
    about: "Groups whose members may take and report tests.",
    fallback: "tester"
  }),
  nodeJwtSecret: Setting.secret("ORCH_JWT_SECRET", {
    about:
      "Secret that tokens (JWT, HS256) of AlmaLinux's build system are signed with. Without it none of them is taken."
  }),
  builderLease: Setting.integer("ORCH_BUILDER_LEASE", {
    about: "Seconds without a sign of a build node after which its tasks go to others.",
    fallback: "300",
    minimum: 5,
    maximum: 86_400
  }),
  builderTries: Setting.integer("ORCH_BUILDER_TRIES", {
    about: "How often a task is handed out before it is given up, when no node brings it to an end.",
    fallback: "3",
    minimum: 1,
    maximum: 100
  }),
  builderPerOwner: Setting.integer("ORCH_BUILDER_PER_OWNER", {
    about: "Tasks of one owner that nodes build at the same time at most; 0 for no limit.",
    fallback: "0",
    minimum: 0,
    maximum: 1_000_000
  }),
  builderPerOwnerArch: Setting.integer("ORCH_BUILDER_PER_OWNER_ARCH", {
    about: "The same for one architecture.",
    fallback: "0",
    minimum: 0,
    maximum: 1_000_000
  }),
  builderReserved: Setting.read("ORCH_BUILDER_RESERVED", parseReservations, {
    about:
      "Slots of nodes that only builds of a class may fill, as CLASS:ARCH:SLOTS, separated by commas. They are counted against the slots of the nodes that are there, which orch node slots sets.",
    fallback: ""
  }),
  builderClasses: Setting.read("ORCH_BUILDER_CLASSES", parseClasses, {
    about:
      "Which builds are of which class, as CLASS:kind|owner|product:NAME, separated by commas: kind is package or module, product a number. The first that fits holds.",
    fallback: ""
  }),
  testSystemUrl: Setting.optionalText("ORCH_TEST_SYSTEM_URL", {
    about:
      "Root of a test system (ALTS) that is told of tests, with ORCH_PUBLIC_URL as where it finds what is tested. Without it, test systems ask for them by themselves."
  }),
  testSystemToken: Setting.secret("ORCH_TEST_SYSTEM_TOKEN", {
    about: "Bearer token for the test system that is told of tests."
  }),
  testHours: Setting.integer("ORCH_TEST_HOURS", {
    about: "Hours without a result after which a test is offered again.",
    fallback: "6",
    minimum: 1,
    maximum: 720
  }),
  artifactMegabytes: Setting.integer("ORCH_ARTIFACT_MEGABYTES", {
    about: "Size in MiB that one uploaded file may have.",
    fallback: "8192",
    minimum: 1,
    maximum: 1_048_576
  })
}

/** What does not make sense together. */
export const problems = (
  { publicUrl, testSystemUrl }: Pick<Values, "testSystemUrl"> & { readonly publicUrl?: string | undefined }
): ReadonlyArray<{ readonly variable: string; readonly message: string }> =>
  testSystemUrl === undefined || publicUrl !== undefined ? [] : [{
    variable: "ORCH_PUBLIC_URL",
    message: "must be set with ORCH_TEST_SYSTEM_URL: repositories with what is to be tested are named by it"
  }]

export interface Values extends Setting.Values<typeof settings> {}

export class AlbsSettings extends Context.Service<AlbsSettings, Values>()("@orch/server/albs/AlbsSettings") {}
