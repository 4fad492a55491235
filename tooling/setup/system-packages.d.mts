/** What TypeScript is told of the module, which is plain JavaScript since it runs before anything is installed. */

/** Installs what is missing from the groups; resolves to the names of required programs that are missing all the same. */
export const systemPackages: (groups: ReadonlyArray<string>) => Promise<ReadonlyArray<string>>
