/** Numbers of artifacts toward clients and signers: made of the task's number and the artifact's place, so that nothing is looked up. */

/** One task may have so many artifacts; the largest packages make some ten thousand. */
const artifactsOfTask = 32_768

/** The number of the artifact at a place, from 0, of the task that has a number. */
export const artifactNumber = (task: number, position: number): number => task * artifactsOfTask + position + 1
