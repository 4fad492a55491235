/** Data that pages are made of, as a server would answer them: a campaign, a farm, repositories of a project. */
import type { CampaignDetail } from "@orch/api/orch/CampaignsApi"
import type { FarmOverview, QueuePage } from "@orch/api/orch/FarmApi"
import type { Repository } from "@orch/api/shaman/RepositoriesApi"

/** A node of a campaign of twenty tiers. */
export const node = (
  index: number,
  more: Partial<CampaignDetail["nodes"][number]> = {}
): CampaignDetail["nodes"][number] => ({
  name: `module${index}:1`,
  tier: index % 20,
  seconds: 60,
  after: index < 20 ? [] : [`module${index - 20 + 1}:1`],
  changed: index === 0,
  why: "it is built with module0:1",
  state: "waits",
  state_reason: "",
  attempt: 1,
  builds: [],
  finished_at: null,
  differs: null,
  regressed: null,
  false_cut: null,
  audit: null,
  round: 1,
  waiting: [],
  ...more
})

/** A campaign of these nodes. */
export const campaign = (nodes: CampaignDetail["nodes"]): CampaignDetail => ({
  id: 31,
  state: "running",
  state_reason: "",
  causes: [{ subject: "rpms/zlib" }],
  created_by: "anna",
  rule: null,
  approved_by: null,
  trial: null,
  counts: Object.fromEntries([...Map.groupBy(nodes, ({ state }) => state)].map(([state, all]) => [state, all.length])),
  created_at: "2026-11-28T10:00:00Z",
  modified_at: "2026-11-28T10:00:00Z",
  expected: null,
  estimate: { nodes: nodes.length, tiers: 20, work: 60 * nodes.length, longest: 1200 },
  numbers: {
    built: 0,
    cut: 0,
    avoided: 0,
    cut_off_rate: null,
    audited: 0,
    false_cuts: 0,
    false_cut_rate: null,
    false_cut_bound: 1,
    makespan: null,
    bound: null,
    over_bound: null,
    fix_to_green: null
  },
  waits_for: [],
  holds: [],
  oscillating: [],
  nodes
})

/** The moment that the samples are of. */
export const now = Date.parse("2026-11-28T14:22:00Z")

/** A farm on which s390x is the bottleneck, one node is away and one command has given up. */
export const farm: FarmOverview = {
  at: "2026-11-28T14:22:00Z",
  limits: { total: 48, per_owner: 20, per_arch: null },
  arches: ([
    { arch: "aarch64", slots: 12, running: 12, waiting: 40, longest_wait: 540, empty_at: "2026-11-28T15:05:00Z" },
    { arch: "s390x", slots: 4, running: 3, waiting: 55, longest_wait: 1080, empty_at: "2026-11-28T17:30:00Z" },
    { arch: "x86_64", slots: 20, running: 20, waiting: 31, longest_wait: 240, empty_at: "2026-11-28T14:40:00Z" }
  ] as const).map((one, place) => ({
    ...one,
    history: Array.from({ length: 72 }, (_, index) => ({
      at: new Date(Date.parse("2026-11-28T08:25:00Z") + index * 300_000).toISOString(),
      running: one.running,
      waiting: Math.max(0, Math.round(one.waiting * (0.6 + 0.4 * Math.sin(index / 9 + place))))
    }))
  })),
  shares: [
    { owner: "campaign 31", running: 25, waiting: 90 },
    { owner: "perl-sig", running: 6, waiting: 24 },
    { owner: "web-sig", running: 4, waiting: 12 }
  ],
  nodes: [
    {
      name: "s390-02.build",
      arches: ["s390x"],
      excluded: [],
      slots: 1,
      draining: false,
      leased: 1,
      load: 1,
      last_seen: "2026-11-28T14:08:00Z",
      condition: "away"
    },
    {
      name: "x86-01.build",
      arches: ["x86_64", "i686"],
      excluded: [],
      slots: 36,
      draining: false,
      leased: 35,
      load: 35,
      last_seen: "2026-11-28T14:21:58Z",
      condition: "busy"
    }
  ],
  leases: [],
  systems: [
    { system: "hub fedora", available: true, away_since: null, reason: null, advice: null, remarks: [] },
    {
      system: "Pulp",
      available: false,
      away_since: "2026-11-28T13:52:00Z",
      reason: "It answers 503.",
      advice: "Builds go on; publishing waits.",
      remarks: []
    }
  ],
  dead_letters: 1,
  finished: Array.from({ length: 48 }, (_, index) => ({
    from: new Date(Date.parse("2026-11-27T14:30:00Z") + index * 1_800_000).toISOString(),
    built: 20 + Math.round(18 * Math.sin(index / 5)),
    failed: index % 7
  }))
}

/** The beginning of its queue. */
export const queue: QueuePage = {
  items: (["x86_64", "aarch64", "s390x"] as const).map((arch, index) => ({
    kind: "node",
    place: index + 1,
    life: "module-build",
    build: 4212 + index,
    part: "perl-DBI",
    owner: "perl-sig",
    arches: [arch],
    priority: 0,
    since: "2026-11-28T14:18:00Z",
    sentence: `It is third on ${arch}, behind two of campaign 31.`,
    expected_at: null,
    node: null
  })),
  total: 126,
  more: false
}

const repository = (sha1: string, place: string, status: string, modified: string): Repository => {
  const [distro = "", version = "", arch = "x86_64"] = place.split("/")
  return {
    url: `https://storage.example.org/r/ceph/main/${sha1}/${distro}/${version}/`,
    chacra_url: `https://storage.example.org/repos/ceph/main/${sha1}/${distro}/${version}/`,
    ref: "main",
    sha1,
    distro,
    distro_version: version,
    distro_codename: null,
    modified: `2026-11-28 ${modified}:00.000000+00:00`,
    status,
    flavor: "default",
    project: "ceph",
    archs: [arch],
    extra: {}
  }
}

const shas = [
  "f81d4fae7dec11d0a76500a0c91e6bf6f81d4fae",
  "9b2c61d03e7a4d1f8a5b6c7d8e9f0a1b9b2c61d0",
  "45107e218fb4c3a9e0d24f6b8c1a3e5745107e21"
] as const

/** Repositories of three commits for three places: the newest is being built, the next failed for one. */
export const repositories: ReadonlyArray<Repository> = [
  repository(shas[0], "centos/9/x86_64", "building", "14:22"),
  repository(shas[0], "rocky/10/x86_64", "queued", "14:22"),
  repository(shas[1], "rocky/10/x86_64", "failed", "13:40"),
  repository(shas[1], "centos/9/x86_64", "ready", "13:38"),
  repository(shas[1], "ubuntu/22.04/x86_64", "ready", "13:37"),
  repository(shas[2], "centos/9/x86_64", "ready", "11:58"),
  repository(shas[2], "rocky/10/x86_64", "ready", "11:57"),
  repository(shas[2], "ubuntu/22.04/x86_64", "ready", "11:50")
]
