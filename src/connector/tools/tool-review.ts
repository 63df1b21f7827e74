import type { Definition } from "./definition.ts";

/** A tool that is not as it was reviewed, or was never reviewed. */
export type ToolChange = {
  tool: string;
  /** of `after` */
  fingerprint: string;
  /** as it was reviewed last; undefined: a new tool */
  before: Definition | undefined;
  after: Definition;
};

/**
 * What was found at one listing of a system, and what a person said of it. Until it is released none of these tools is offered
 * or called, in any process.
 */
export type ToolReview = {
  reviewId: string;
  /** what people call it */
  number: number;
  system: string;
  foundAt: Date;
  version: number;
  /** the version that people see on their cards */
  told: number;
  changes: readonly ToolChange[];
} & (
  | { state: "open"; decidedBy: null; decidedAt: null; why: null }
  | { state: "released" | "kept-out"; decidedBy: string; decidedAt: Date; why: string }
);
