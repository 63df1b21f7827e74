import { z } from "zod";

const Account = z.looseObject({
  id: z.string().min(1).max(512),
  name: z.string().max(512).nullish(),
  aadObjectId: z.string().max(64).nullish(),
});

/**
 * What we read of an inbound activity. Parsed before the SDK sees it: the SDK lets a `from` that is a string or a
 * `conversation` that is a number through, and fails in the middle of a turn.
 */
export const Activity = z.looseObject({
  type: z.string().min(1).max(64),
  id: z.string().min(1).max(512).nullish(),
  name: z.string().max(256).nullish(),
  channelId: z.enum(["msteams", "emulator"]),
  serviceUrl: z.url({ protocol: /^https?$/ }).max(2_048),
  from: Account,
  recipient: Account,
  conversation: z.looseObject({
    id: z.string().min(1).max(1_024),
    conversationType: z.enum(["personal", "groupChat", "channel"]).nullish(),
    tenantId: z.string().max(64).nullish(),
    isGroup: z.boolean().nullish(),
    name: z.string().max(512).nullish(),
  }),
  channelData: z
    .looseObject({
      tenant: z.looseObject({ id: z.string().max(64) }).nullish(),
      channel: z.looseObject({ id: z.string().max(512), name: z.string().max(512).nullish() }).nullish(),
    })
    .nullish(),
  text: z.string().nullish(),
  attachments: z
    .array(z.looseObject({ contentType: z.string().max(256).nullish(), name: z.string().max(512).nullish() }))
    .nullish(),
  value: z.unknown().optional(),
  replyToId: z.string().max(512).nullish(),
  action: z.string().max(64).nullish(),
  membersAdded: z.array(Account).max(500).nullish(),
  membersRemoved: z.array(Account).max(500).nullish(),
});
export type Activity = z.infer<typeof Activity>;

/** What is wrong with a body that is no activity: the field and the rule. */
export function activityErrors(error: z.ZodError): string {
  return error.issues
    .slice(0, 5)
    .map((issue) => `${issue.path.join(".") || "body"}: ${issue.message}`)
    .join("; ");
}

/** Where it was said. `conversationId` is the whole id; `roomId` leaves out the thread that Teams appends in channels. */
export type Place = { conversationId: string; roomId: string; kind: "personal" | "groupChat" | "channel" };

export function placeOf(activity: Activity): Place {
  const { id, conversationType, isGroup } = activity.conversation;
  const kind = conversationType ?? (isGroup === true ? "groupChat" : "personal");
  return { conversationId: id, roomId: id.replace(/;messageid=.*$/, ""), kind };
}

/** The text without the mention of the bot, as one trimmed string. */
export function spokenText(activity: Activity): string {
  return (activity.text ?? "")
    .replaceAll(/<at>[^<]*<\/at>/gi, " ")
    .replaceAll("&nbsp;", " ")
    .trim();
}
