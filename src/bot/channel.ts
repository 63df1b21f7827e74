/** Where to send and as whom: our own shape, so that the SDK stays behind one door. */
export type Address = { channelId: string; serviceUrl: string; botId: string; conversationId: string };

/** What became of one attempt to send. `gone` will never succeed; `later` may, after that many milliseconds at least. */
export type Sent =
  | { sent: true; activityId: string }
  | { sent: false; retry: "later" | "gone"; afterMs: number; why: string };

/** The channel as the bot speaks to it: Teams, or any other client of the Bot Framework protocol. */
export type Channel = {
  post(address: Address, activity: Record<string, unknown>): Promise<Sent>;
  update(address: Address, activityId: string, activity: Record<string, unknown>): Promise<Sent>;
  /** Opens a personal chat; gives its conversation id. */
  open(
    service: Omit<Address, "conversationId">,
    member: { id: string; tenantId: string },
  ): Promise<{ conversationId: string } | Extract<Sent, { sent: false }>>;
};
