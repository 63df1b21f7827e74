import { readFileSync } from "node:fs";
import { z } from "zod";
import { SignalboxError } from "../errors.ts";

const ChannelsFile = z.object({
  team: z.object({ id: z.string().min(1), name: z.string().min(1) }),
  channels: z.array(
    z.object({
      clusterId: z.string().min(1),
      name: z.string().min(1),
      channelId: z.string().min(1),
      /** upns */
      members: z.array(z.email().toLowerCase()).min(1),
    }),
  ),
});

/** A channel of the sample company: where the people of one cluster meet, and the team that it belongs to. */
export type Channel = z.infer<typeof ChannelsFile>["channels"][number] & { team: { id: string; name: string } };

/** @throws SignalboxError "channels-file-invalid" naming the entry, the field and the cure */
export function loadChannels(file: string): Channel[] {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, "utf8"));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? "is not valid JSON" : "cannot be read";
    throw new SignalboxError("channels-file-invalid", `The file of channels ${file} ${why}: restore it.`, { cause });
  }
  const parsed = ChannelsFile.safeParse(json);
  if (!parsed.success) {
    const lines = parsed.error.issues.slice(0, 10).map((issue) => `  ${issue.path.join(".")}: ${issue.message}`);
    throw new SignalboxError("channels-file-invalid", `The file of channels ${file} has errors:\n${lines.join("\n")}`);
  }
  const { team, channels } = parsed.data;
  return channels.map((channel) => ({ ...channel, team }));
}
