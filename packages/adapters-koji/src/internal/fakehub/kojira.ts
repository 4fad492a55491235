/** kojira of the fake hub: it makes repositories of build tags that have changed, and serves requests for repositories. */
import { type HubState, lastChange, taskStates } from "./HubState.ts"
import { list } from "./Method.ts"
import { currentRepo, newRepoTask, requestedRepoTask } from "./repoMethods.ts"

/** Gives each request for a repository a task, and up to three more where it fails; answers whether anything moved. */
export const serveRequests = (state: HubState): boolean => {
  let moved = false
  for (const request of state.repoRequests.values()) {
    if (!request.active) continue
    const task = request.task === null ? undefined : state.tasks.get(request.task)
    if (task === undefined || task.state === taskStates.FAILED || task.state === taskStates.CANCELED) {
      moved = true
      // One task, and three more where it fails.
      if (request.tries > 3) request.active = false
      else {
        request.tries += 1
        request.task = requestedRepoTask(state, request).id
      }
    } else if (task.state === taskStates.CLOSED) {
      moved = true
      request.repo = Number(list(task.result)[0])
      request.active = false
    }
  }
  return moved
}

/** Orders a repository of each build tag that has changed since its last one, as kojira does without being asked. */
export const regenerate = (state: HubState): void => {
  const [kojira] = state.users.values()
  for (const target of state.targets.values()) {
    const repo = currentRepo(state, target.buildTag)
    const name = state.tags.get(target.buildTag)?.name ?? ""
    const running = [...state.tasks.values()].some((task) =>
      task.method === "newRepo" && task.completed === null && task.request[0] === name
    )
    if (
      kojira !== undefined && !running && (repo === undefined || repo.createEvent < lastChange(state, target.buildTag))
    ) {
      newRepoTask(state, name, kojira, null)
    }
  }
}
