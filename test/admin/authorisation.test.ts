import { describe } from "vitest";
import { describeAuthorisation } from "./authorisation-suite.ts";
import { createFakeWorld } from "./fake-world.ts";

describe("who may call an admin route", () => {
	describeAuthorisation(() => createFakeWorld());
});
