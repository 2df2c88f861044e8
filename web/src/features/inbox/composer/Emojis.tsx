import { EmojiPicker } from 'frimousse';
import { i18n, useT } from '@/i18n';
import './emojis.css';

// The data is ours (public/emoji); nothing is asked of another host.
export function Emojis({ onPick }: { onPick: (emoji: string) => void }) {
  const t = useT();
  const locale = i18n.language.slice(0, 2) as 'pt' | 'en' | 'es';
  return (
    <EmojiPicker.Root
      className="emojis"
      locale={locale}
      emojibaseUrl="/emoji"
      onEmojiSelect={({ emoji }) => onPick(emoji)}
    >
      <EmojiPicker.Search
        className="esearch"
        placeholder={t('composer.emojiSearch')}
        aria-label={t('composer.emojiSearch')}
        autoFocus
      />
      <EmojiPicker.Viewport className="eview">
        <EmojiPicker.Loading className="enone">{t('action.loading')}</EmojiPicker.Loading>
        <EmojiPicker.Empty className="enone">{t('composer.emojiNone')}</EmojiPicker.Empty>
        <EmojiPicker.List
          components={{
            CategoryHeader: ({ category, ...props }) => (
              <div className="ecat" {...props}>
                {category.label}
              </div>
            ),
            Emoji: ({ emoji, ...props }) => (
              <button type="button" className="eone" {...props}>
                {emoji.emoji}
              </button>
            ),
          }}
        />
      </EmojiPicker.Viewport>
    </EmojiPicker.Root>
  );
}
