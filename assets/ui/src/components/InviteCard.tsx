/** An invitation that was just made: its QR code, its link, what it allows. */

import { useRef, useState } from "preact/hooks";
import { longDay } from "../lib/time";
import { t } from "../lib/text";
import type { Invite } from "../lib/wire";
import { Button } from "./Button";
import "../styles/invite.css";

/** The card; `title` names the conversation that it leads into. */
export function InviteCard({ invite, title }: { invite: Invite; title?: string | null | undefined }) {
  return (
    <>
      <div class="invite">
        {invite.qrSvg && <QrCode svg={invite.qrSvg} label={t("invite.qr")} />}
        <div class="invite-words">
          <p class="hint">
            {title && `${t("invite.forRoom", { title })} `}
            {invite.maxUses !== null && `${t("invite.uses", { n: invite.maxUses })} `}
            {invite.expiresAt !== null && t("invite.until", { day: longDay(invite.expiresAt) })}
          </p>
          <CopyLink link={invite.link} />
        </div>
      </div>
      {invite.trustLink !== undefined && <TrustFirst link={invite.trustLink} />}
    </>
  );
}

/** What a newcomer needs before the invitation, where the server's certificate is its own authority's. */
export function TrustFirst({ link }: { link: string }) {
  return (
    <section class="trust-first" aria-label={t("invite.trust")}>
      <b>{t("invite.trust")}</b>
      <p class="hint">{t("invite.trustHint")}</p>
      <CopyLink link={link} open of={t("invite.trust")} />
    </section>
  );
}

/** The server's drawing, as an image: whatever is in it can't run. */
export function QrCode({ svg, label }: { svg: string; label: string }) {
  return (
    <div class="qr">
      <img src={`data:image/svg+xml,${encodeURIComponent(svg)}`} alt={label} width={200} height={200} />
    </div>
  );
}

/** A link with a button that copies it; without clipboard the link is selected instead. `open`: it can be looked at from here; `of`: what it leads to, where several can be copied. */
export function CopyLink({ link, open, of }: { link: string; open?: boolean; of?: string }) {
  const [said, setSaid] = useState("");
  const text = useRef<HTMLElement>(null);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(link);
      setSaid(t("invite.copied"));
    } catch {
      if (text.current) getSelection()?.selectAllChildren(text.current);
      setSaid(t("invite.copyFailed"));
    }
  };
  return (
    <div class="copy-link">
      <code ref={text} dir="ltr">
        {open ? (
          <a href={link} target="_blank" rel="noreferrer">
            {link}
          </a>
        ) : (
          link
        )}
      </code>
      <Button icon="link" {...(of !== undefined && { label: `${t("invite.copy")}: ${of}` })} onClick={() => void copy()}>
        {t("invite.copy")}
      </Button>
      <span class="hint" role="status">
        {said}
      </span>
    </div>
  );
}
