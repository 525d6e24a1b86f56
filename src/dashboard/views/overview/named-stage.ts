import type { PolicyDocument } from "../../../admin/client-types.ts";

/** A stage as its policy has it. */
export type NamedStage = PolicyDocument["cascades"][string]["stages"][number];
