import { describe, expectTypeOf, it } from "vitest";
import type {
	AdminBody,
	AdminError,
	AdminOperation,
	AdminParameters,
	AdminQuery,
	AdminReply,
	PolicyDocument,
} from "../../src/admin/client-types.ts";
import type { JsonObject } from "../../src/core/json.ts";
import type { KeyScope } from "../../src/core/ledger/ledger-ports.ts";

describe("the types for clients", () => {
	it("name every operation that takes a key, and no other", () => {
		expectTypeOf<"policy.put">().toExtend<AdminOperation>();
		expectTypeOf<"openapi.get">().not.toExtend<AdminOperation>();
	});

	it("say what an operation takes", () => {
		expectTypeOf<AdminParameters<"keys.revoke">>().toEqualTypeOf<{ readonly tenant: string; readonly id: string }>();
		expectTypeOf<AdminParameters<"revisions.get">["revision"]>().toEqualTypeOf<number>();
		expectTypeOf<AdminParameters<"tenants.list">>().toEqualTypeOf<{}>();
		expectTypeOf<AdminBody<"keys.create">["scopes"]>().toEqualTypeOf<KeyScope[]>();
		expectTypeOf<AdminBody<"policy.put">>().toEqualTypeOf<PolicyDocument>();
		// A patch or a candidate need not be a policy.
		expectTypeOf<AdminBody<"policy.patch">>().toEqualTypeOf<JsonObject>();
		expectTypeOf<AdminBody<"policy.validate">>().toEqualTypeOf<JsonObject>();
		expectTypeOf<AdminBody<"keys.list">>().toEqualTypeOf<undefined>();
		expectTypeOf<AdminQuery<"usage.get">["from"]>().toEqualTypeOf<string>();
		expectTypeOf<AdminQuery<"usage.get">["by"]>().toEqualTypeOf<"hour" | "day" | undefined>();
		expectTypeOf<AdminQuery<"keys.list">>().toEqualTypeOf<undefined>();
	});

	it("say what a policy may say", () => {
		type Stage = PolicyDocument["cascades"][string]["stages"][number];
		expectTypeOf<Stage["adapter"]>().toEqualTypeOf<"workers-ai" | "openai">();
		expectTypeOf<Stage["threshold"]>().toEqualTypeOf<number | undefined>();
		expectTypeOf<{ method: "agreement"; samples: number }>().toExtend<Stage["confidence"]>();
		expectTypeOf<{ method: "agreement" }>().not.toExtend<Stage["confidence"]>();
		expectTypeOf<{ method: "hunch" }>().not.toExtend<Stage["confidence"]>();
		expectTypeOf<AdminReply<"policy.get">>().toEqualTypeOf<PolicyDocument>();
		expectTypeOf<AdminReply<"revisions.get">["document"]>().toEqualTypeOf<PolicyDocument>();
	});

	it("say what it answers with", () => {
		expectTypeOf<AdminReply<"keys.create">["key"]>().toEqualTypeOf<string>();
		expectTypeOf<AdminReply<"tenants.get">["canary"]>().toExtend<{ readonly share: number } | null>();
		expectTypeOf<AdminReply<"policy.validate">["problems"][number]["path"]>().toEqualTypeOf<string>();
		expectTypeOf<AdminError["error"]["code"]>().toEqualTypeOf<string | null>();
	});
});
