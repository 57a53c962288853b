// One person's phone: the list of chats, one chat, a forum's topics; and what the person does.

import { Refused, face, get, h, hour, icon, nameOf, post } from "./api.js";
import { bubble } from "./bubble.js";
import { Composer } from "./composer.js";
import { groupSheet, newGroupSheet } from "./sheets.js";
import { brief } from "./text.js";

const BOT_COLOUR = 4;
const NEAR_END = 90;
const TOAST_MS = 3500;
const TYPING_MS = 5000;

export class Phone {
  constructor(town, person) {
    this.town = town;
    this.person = person;
    this.chatId = person.id;
    this.thread = null;
    this.doings = {
      command: (text) => this.act("says", { text }),
      deepLink: (url) => this.deepLink(url),
    };
    this.screen = h("div", { class: "screen" });
    this.element = h("section", { class: "phone", "aria-label": `Phone of ${nameOf(person)}` },
      h("div", { class: "owner" }, face(nameOf(person), person.id),
        h("span", {}, h("b", {}, nameOf(person)), h("small", {}, person.phone || `id ${person.id}`)),
        h("button", { class: "round", type: "button", title: "Put the phone away", onclick: () => town.putAway(person.id) }, icon("close"))),
      h("div", { class: "frame" },
        h("div", { class: "status" }, h("span", { class: "clock" }, hour(Date.now() / 1000)),
          h("span", { class: "sandbox" }, "Sandbox"), h("span", { class: "signal" }, "▮▮▮")),
        this.screen));
    this.open(person.id);
  }

  async ask(act, asked = {}) {
    const thread = this.thread ? { thread_id: this.thread } : {};
    const threaded = ["says", "shares_contact", "shares_location", "sends_file", "picks"].includes(act);
    return post(`/people/${this.person.id}/chats/${this.chatId}/${act}`, threaded ? { ...asked, ...thread } : asked);
  }

  // Does it, or says why it could not be done; undefined then.
  async act(act, asked = {}) {
    try {
      return await this.ask(act, asked);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      this.toast(refused.message);
      return undefined;
    }
  }

  deepLink(url) {
    const found = url.match(/^(?:https?:\/\/)?t\.me\/(\w+)(?:\?start=([\w-]+))?$/);
    if (!found || found[1].toLowerCase() !== this.town.bot.username.toLowerCase()) return null;
    return () => this.startBot(found[2] ?? "");
  }

  async startBot(payload) {
    await this.open(this.person.id);
    await this.act("says", { text: `/start ${payload}`.trim() });
  }

  // --- the list of chats ---

  async list() {
    this.chatId = null;
    this.chat = null;
    const { chats } = await get(`/people/${this.person.id}/chats`);
    if (this.chatId !== null) return;
    this.screen.replaceChildren(
      h("header", { class: "head" }, h("h2", {}, "Chats"),
        h("button", { class: "round", type: "button", title: "New group", onclick: () => newGroupSheet(this) }, icon("plus"))),
      h("div", { class: "list" }, chats.map((chat) => this.listed(chat))));
  }

  listed(chat) {
    const said = chat.last ? `${chat.type === "private" ? "" : `${chat.last.from.first_name}: `}${brief(chat.last)}` : "Say /start";
    return h("button", { class: "chat", type: "button", onclick: () => this.open(chat.id) },
      portrait(chat),
      h("span", { class: "about" }, h("b", {}, chat.title), h("small", {}, said)),
      h("time", {}, chat.last ? hour(chat.last.date) : ""));
  }

  // --- one chat ---

  async open(chatId, thread = null) {
    this.chatId = chatId;
    this.thread = thread;
    this.composer = new Composer(this);
    this.messages = h("div", { class: "messages", role: "log" });
    this.title = h("b", {});
    this.subtitle = h("small", {});
    this.pinned = h("button", { class: "pinned", type: "button", hidden: true });
    this.screen.replaceChildren(
      h("header", { class: "head" },
        h("button", { class: "round", type: "button", title: "Back", onclick: () => this.back() }, icon("back")),
        this.portrait = h("span", {}),
        h("button", { class: "title", type: "button", onclick: () => this.about() }, this.title, this.subtitle),
        h("button", { class: "round", type: "button", title: "About this chat", onclick: () => this.about() }, icon("more"))),
      this.pinned, this.messages, this.composer.element);
    await this.refresh(true);
  }

  back() {
    if (this.thread !== null) this.open(this.chatId);
    else this.list();
  }

  about() {
    if (this.chat) groupSheet(this);
  }

  async refresh(toEnd = false) {
    if (this.chatId === null) {
      await this.list();
      return;
    }
    const { chatId, thread } = this;
    const query = thread === null ? "" : `?thread=${thread}`;
    let chat;
    try {
      chat = await get(`/people/${this.person.id}/chats/${chatId}${query}`);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      await this.list();
      return;
    }
    if (this.chatId !== chatId || this.thread !== thread) return;
    this.chat = chat;
    this.draw(toEnd);
  }

  draw(toEnd) {
    const { chat } = this;
    const topic = chat.topics.find((one) => one.message_thread_id === this.thread);
    this.title.textContent = topic ? topic.name : chat.title;
    this.portrait.replaceChildren(portrait(chat));
    this.subtitle.textContent = this.under();
    const last = chat.messages.find((one) => one.message_id === chat.pinned.at(-1));
    this.pinned.hidden = !last;
    this.pinned.replaceChildren(icon("pin"), h("span", {}, brief(last)));
    this.pinned.onclick = () => this.scrollTo(last.message_id);
    if (chat.is_forum && this.thread === null) {
      this.drawTopics();
      return;
    }
    const stay = toEnd || this.isAtEnd();
    const end = chat.type === "private" && !chat.messages.length ? this.welcome() : null;
    this.messages.className = "messages";
    this.messages.replaceChildren(...albums(chat.messages).map((album) => bubble(album, this)), ...(end ? [end] : []));
    this.composer.element.hidden = Boolean(end) || Boolean(topic?.closed);
    this.composer.show(chat);
    if (stay) this.toEnd();
  }

  under() {
    const { chat } = this;
    if (chat.type === "private") return chat.blocked ? "bot, blocked" : "bot";
    return `${chat.title === this.title.textContent ? "" : `${chat.title}, `}${chat.members.length} members`;
  }

  welcome() {
    return h("div", { class: "welcome" }, portrait(this.chat), h("h3", {}, this.chat.title),
      h("p", {}, "A bot in a sandbox. Nobody outside this machine sees what you write."),
      h("button", { class: "start", type: "button", onclick: () => this.act("says", { text: "/start" }) }, "Start"));
  }

  drawTopics() {
    const topics = [{ message_thread_id: 0, name: "General" }, ...this.chat.topics];
    this.messages.className = "list";
    this.messages.replaceChildren(...topics.map((topic) => {
      const last = this.chat.messages.findLast((one) => (one.message_thread_id ?? 0) === topic.message_thread_id);
      return h("button", { class: "chat", type: "button", onclick: () => this.open(this.chatId, topic.message_thread_id) },
        h("span", { class: `face topic face-${topic.message_thread_id % 7}` }, "#"),
        h("span", { class: "about" }, h("b", {}, topic.name), h("small", {}, last ? brief(last) : "No messages yet")),
        h("time", {}, topic.closed ? "closed" : last ? hour(last.date) : ""));
    }));
    this.composer.element.hidden = true;
  }

  isAtEnd() {
    const { scrollTop, scrollHeight, clientHeight } = this.messages;
    return scrollHeight - scrollTop - clientHeight < NEAR_END;
  }

  toEnd() {
    const end = () => { this.messages.scrollTop = this.messages.scrollHeight; };
    end();
    for (const image of this.messages.querySelectorAll("img")) image.addEventListener("load", end, { once: true });
  }

  scrollTo(messageId) {
    const row = this.messages.querySelector(`[data-id="${messageId}"]`);
    row?.scrollIntoView({ block: "center", behavior: "smooth" });
    row?.classList.add("flash");
    setTimeout(() => row?.classList.remove("flash"), 1200);
  }

  // --- what happens ---

  // A change of the chat that is open redraws only the message it is about.
  hears(event) {
    const open = this.chat && event.chat_id === this.chatId;
    if (event.kind === "message" && open) this.put(event.message);
    else if (event.kind === "gone" && open) this.refresh();
    else if (event.kind === "chat" && open) this.refresh();
    else if (event.kind === "answer" && event.person_id === this.person.id) this.answered(event);
    else if (event.kind === "action" && open) this.typing();
    else if (event.kind === "people" || event.kind === "menu" || event.kind === "anew") this.refresh();
    else if (this.chatId === null && event.kind === "message") this.list();
  }

  put(message) {
    const { messages } = this.chat;
    if (this.chat.is_forum && this.thread === null) {
      this.refresh();
      return;
    }
    if (this.thread !== null && (message.message_thread_id ?? 0) !== this.thread) return;
    const at = messages.findIndex((one) => one.message_id === message.message_id);
    if (at < 0) messages.push(message);
    else messages[at] = message;
    const old = this.messages.querySelector(`[data-id="${message.message_id}"]`);
    if (at >= 0 && old && !message.media_group_id) old.replaceWith(bubble([message], this));
    else this.draw(message.from.id === this.person.id);
    if (message.from.is_bot) this.subtitle.textContent = this.under();
  }

  typing() {
    this.subtitle.textContent = "typing…";
    clearTimeout(this.typed);
    this.typed = setTimeout(() => { if (this.chat) this.subtitle.textContent = this.under(); }, TYPING_MS);
  }

  async tap(message, number, button, key) {
    if ("callback_data" in button) key.classList.add("waiting");
    const done = await this.act("taps", { message_id: message.message_id, button: number });
    if (!done?.button) return;
    if (button.copy_text) {
      await navigator.clipboard?.writeText(button.copy_text.text);
      this.toast("Copied");
    } else if (button.url) {
      const start = this.deepLink(button.url);
      if (start) start();
      else if (/^https?:/.test(button.url)) window.open(button.url, "_blank", "noopener,noreferrer");
    } else if ("switch_inline_query_current_chat" in button) {
      this.composer.insert(`@${this.town.bot.username} ${button.switch_inline_query_current_chat}`);
    } else if ("switch_inline_query" in button) {
      this.composer.insert(`@${this.town.bot.username} ${button.switch_inline_query}`);
    } else {
      this.toast("The sandbox opens no mini apps");
    }
  }

  answered(answer) {
    for (const key of this.screen.querySelectorAll(`[data-id="${answer.message_id}"] .waiting`)) key.classList.remove("waiting");
    if (answer.text && answer.alert) this.sheet(h("p", { class: "said" }, answer.text), ["OK", () => {}]);
    else if (answer.text) this.toast(answer.text);
  }

  toast(text) {
    this.screen.querySelector(".toast")?.remove();
    const toast = h("div", { class: "toast", role: "status" }, text);
    this.screen.append(toast);
    setTimeout(() => toast.remove(), TOAST_MS);
  }

  // A sheet over the screen: content, and buttons as [title, deed].
  sheet(content, ...deeds) {
    const shade = h("div", { class: "shade" });
    const close = () => shade.remove();
    shade.addEventListener("click", (event) => event.target === shade && close());
    shade.append(h("div", { class: "sheet", role: "dialog" }, content,
      deeds.map(([title, deed]) => h("button", { type: "button", onclick: () => {
        close();
        deed();
      } }, title))));
    this.screen.append(shade);
  }

  offer(message, mine) {
    const id = { message_id: message.message_id };
    const deeds = [["Reply", () => this.composer.answer(message)]];
    if (mine && message.text) deeds.push(["Edit", () => this.composer.edit(message)]);
    if (message.text && !message.has_protected_content) deeds.push(["Copy text", () => navigator.clipboard?.writeText(message.text)]);
    deeds.push(["React 👍", () => this.act("reacts", { ...id, emoji: "👍" })]);
    deeds.push(["Delete", () => this.act("deletes", id)]);
    this.sheet(h("p", { class: "said" }, brief(message).slice(0, 120)), ...deeds);
  }
}

// The only private chat is that with the bot; it has one colour everywhere.
const portrait = (chat) => face(chat.title, chat.type === "private" ? BOT_COLOUR : chat.id);

// Pictures of one album that follow each other are one bubble.
function albums(messages) {
  const found = [];
  for (const message of messages) {
    const last = found.at(-1);
    if (message.media_group_id && last?.[0].media_group_id === message.media_group_id) last.push(message);
    else found.push([message]);
  }
  return found;
}
