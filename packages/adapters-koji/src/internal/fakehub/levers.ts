/** What happens at a hub besides requests: accounts that are blocked, targets that somebody removes, requests that are forgotten. */
import { findTag, type HubState, nextEvent, nextId, repoStates } from "./HubState.ts"

export interface Levers {
  /** Blocks or unblocks an account, as `koji disable-user` and `koji enable-user` do. */
  readonly block: (user: string, blocked: boolean) => void
  /** Another session takes the account exclusively, or gives it back: other sessions of it get fault 1006 meanwhile. */
  readonly lock: (user: string, locked: boolean) => void
  /** Gives a permission to an account. */
  readonly grant: (user: string, permission: string) => void
  /** Forgets all requests for repositories, as a hub does with old ones. */
  readonly loseRequests: () => void
  /** A repository of this tag as it is now, ready at once. */
  readonly makeRepository: (tag: string) => void
  /** A target of somebody else's. */
  readonly addTarget: (name: string, buildTag: string, destTag: string) => void
  /** Somebody removes a build target. */
  readonly removeTarget: (name: string) => void
}

/** The levers of this hub. */
export const levers = (state: HubState): Levers => {
  const tagId = (name: string) => findTag(state, name)?.id
  return {
    block: (name, blocked) => {
      const user = state.users.get(name)
      if (user !== undefined) user.blocked = blocked
    },
    lock: (name, locked) => {
      const user = state.users.get(name)
      if (user !== undefined) user.locked = locked
    },
    grant: (name, permission) => void state.users.get(name)?.permissions.add(permission),
    loseRequests: () => state.repoRequests.clear(),
    makeRepository: (name) => {
      const tag = tagId(name)
      if (tag === undefined) return
      const id = nextId(state)
      state.repos.set(id, {
        id,
        tag,
        task: 0,
        state: repoStates.READY,
        createEvent: nextEvent(state),
        created: state.now()
      })
    },
    addTarget: (name, buildTag, destTag) => {
      const id = nextId(state)
      state.targets.set(id, { id, name, buildTag: tagId(buildTag) ?? 0, destTag: tagId(destTag) ?? 0 })
    },
    removeTarget: (name) => {
      for (const target of state.targets.values()) if (target.name === name) state.targets.delete(target.id)
    }
  }
}
