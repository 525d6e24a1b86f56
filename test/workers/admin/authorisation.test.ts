import { describe } from "vitest";
import { describeAuthorisation } from "../../admin/authorisation-suite.ts";
import { createWorkerWorld } from "./worker-world.ts";

describe("who may call an admin route, over the real ledgers", () => {
	describeAuthorisation(() => createWorkerWorld());
});
