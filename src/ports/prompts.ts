/** Where the prompts come from: the package, a folder of the user's, the target repository. */
export interface PromptSource {
  /**
   * The prompt of a role with `$ARGUMENTS` and `$1 … $9` filled in. `readOverride` looks a path up in the working
   * copy of the target repository. Rejects with `prompt_missing`.
   */
  prompt(input: {
    /** `classifier`, `planner_bug`, `implementor`, …: the name of the file without `.md`. */
    readonly name: string;
    readonly args: readonly string[];
    readonly readOverride: (path: string) => Promise<string | null>;
  }): Promise<string>;
}
