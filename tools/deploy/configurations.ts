import { fileURLToPath } from "node:url";
import { unstable_readConfig } from "wrangler";

/** A Worker's configuration, as wrangler has read it, as far as the two must fit each other. */
export interface WorkerConfiguration {
	readonly name?: string | undefined;
	readonly compatibility_date?: string | undefined;
	readonly compatibility_flags: readonly string[];
	readonly workers_dev?: boolean | undefined;
	readonly preview_urls?: boolean | undefined;
	readonly kv_namespaces: readonly { readonly binding: string; readonly id?: string | undefined }[];
	readonly services?:
		| readonly {
				readonly binding: string;
				readonly service: string;
				readonly entrypoint?: string | undefined;
		  }[]
		| undefined;
	readonly durable_objects: {
		readonly bindings: readonly {
			readonly name: string;
			readonly class_name: string;
			readonly script_name?: string | undefined;
		}[];
	};
	readonly migrations: readonly { readonly new_sqlite_classes?: readonly string[] | undefined }[];
	readonly queues: {
		readonly producers?: readonly { readonly binding: string; readonly queue: string }[] | undefined;
		readonly consumers?: readonly { readonly queue: string }[] | undefined;
	};
	readonly ratelimits: readonly {
		readonly name: string;
		readonly namespace_id: string;
		readonly simple: { limit: number; period: 10 | 60 };
	}[];
}

/** Where both Workers' configurations are. */
export const CONFIGURATION_FILES = {
	inference: fileURLToPath(new URL("../../wrangler.toml", import.meta.url)),
	control: fileURLToPath(new URL("../../wrangler.control.toml", import.meta.url)),
} as const;

/** Reads both. */
export function readConfigurations(): Readonly<Record<keyof typeof CONFIGURATION_FILES, WorkerConfiguration>> {
	const read = (config: string): WorkerConfiguration => unstable_readConfig({ config });
	return { inference: read(CONFIGURATION_FILES.inference), control: read(CONFIGURATION_FILES.control) };
}
