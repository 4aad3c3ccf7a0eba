/** Knows schemas by number, as a schema registry does. */
export interface SchemaSource {
  /**
   * The schema with an id. What is found once is found for good; what is not may be there later.
   *
   * @throws SegtideError `transport` when nobody can tell
   */
  find(id: number): Promise<FoundSchema | MissingSchema>;
}

export interface FoundSchema {
  /** As it is written. */
  readonly schema: string;
  /** Schemas of the types that it names without defining them; each after those that it refers to itself. */
  readonly references: readonly string[];
}

export interface MissingSchema {
  /** Why there is no such schema, or none to use: "is not known to the registry". */
  readonly missing: string;
}
