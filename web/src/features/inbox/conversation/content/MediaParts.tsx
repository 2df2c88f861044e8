import {
  IconFile,
  IconFileTypePdf,
  IconPhotoOff,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
} from '@tabler/icons-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useT } from '@/i18n';
import { bytes, duration } from '@/lib/format';
import type { Entry } from '@/lib/outbox';
import type { Media } from '@/lib/types';
import { frame } from '../items';

function useLocalUrl(local: Entry | undefined): string | undefined {
  const blob = local?.file?.blob;
  const url = useMemo(() => (blob ? URL.createObjectURL(blob) : undefined), [blob]);
  useEffect(() => () => void (url && URL.revokeObjectURL(url)), [url]);
  return url;
}

export function Picture({
  media,
  local,
  onView,
}: {
  media: Media;
  local: Entry | undefined;
  onView: (m: Media) => void;
}) {
  const t = useT();
  const here = useLocalUrl(local);
  const [width, height] = frame(media.width, media.height);
  const video = media.kind === 'video';
  const source = here ?? (video ? media.thumb_url : (media.thumb_url ?? media.url));
  const style = { width, height, maxWidth: '100%' };
  if (media.state === 'failed')
    return (
      <div className="ph nopic" style={style}>
        <IconPhotoOff size={22} />
        {t('media.failed')}
      </div>
    );
  return (
    <button
      type="button"
      className="ph picture"
      style={style}
      disabled={!media.url}
      onClick={() => onView(media)}
      aria-label={t(video ? 'media.openVideo' : 'media.openImage')}
    >
      {source && !(video && here) ? (
        <img src={source} alt="" width={width} height={height} loading="lazy" />
      ) : video && media.url ? (
        <video src={media.url} preload="metadata" muted />
      ) : (
        <span className="sk phsk" />
      )}
      {video && (
        <span className="playdisc">
          <IconPlayerPlayFilled size={22} />
        </span>
      )}
    </button>
  );
}

export function Sticker({ media, local }: { media: Media; local: Entry | undefined }) {
  const t = useT();
  const here = useLocalUrl(local);
  const source = here ?? media.url;
  return source ? (
    <img className="sticker" src={source} alt={t('kind.sticker')} width={132} height={132} />
  ) : (
    <span className="sk sticker" />
  );
}

export function Document({ media }: { media: Media }) {
  const t = useT();
  const kind = (media.name.split('.').pop() ?? '').toUpperCase();
  const inside = (
    <>
      <span className="fico">
        {media.mime === 'application/pdf' ? <IconFileTypePdf size={20} /> : <IconFile size={20} />}
      </span>
      <span className="col trunc">
        <b className="trunc">{media.name || t('kind.document')}</b>
        <span className="mut x12">
          {[
            kind.length <= 5 ? kind : '',
            bytes(media.size),
            media.state === 'failed' ? t('media.failed') : '',
          ]
            .filter(Boolean)
            .join(' · ')}
        </span>
      </span>
    </>
  );
  return media.url ? (
    <a
      className="filecard"
      href={`${media.url}${media.url.includes('?') ? '&' : '?'}download=true`}
      download={media.name}
    >
      {inside}
    </a>
  ) : (
    <div className="filecard">{inside}</div>
  );
}

const speeds = [1, 1.5, 2];

export function AudioPlayer({ media }: { media: Media }) {
  const t = useT();
  const audio = useRef<HTMLAudioElement>(null);
  const [playing, setPlaying] = useState(false);
  const [at, setAt] = useState(0);
  const [speed, setSpeed] = useState(0);
  const total = media.duration_ms ?? 0;
  const rate = speeds[speed] ?? 1;

  useEffect(() => {
    if (audio.current) audio.current.playbackRate = rate;
  }, [rate]);
  return (
    <div className="aud">
      <button
        type="button"
        className="pl"
        disabled={!media.url}
        aria-label={t(playing ? 'media.pause' : 'media.play')}
        onClick={() => (playing ? audio.current?.pause() : void audio.current?.play())}
      >
        {playing ? <IconPlayerPauseFilled size={16} /> : <IconPlayerPlayFilled size={16} />}
      </button>
      <div className="audb">
        <input
          type="range"
          aria-label={t('media.position')}
          min={0}
          max={Math.max(total, 1)}
          step={100}
          value={at}
          aria-valuetext={duration(at)}
          disabled={!media.url}
          onChange={(event) => {
            const value = Number(event.currentTarget.value);
            setAt(value);
            if (audio.current) audio.current.currentTime = value / 1000;
          }}
        />
        <div className="row g8 x12 mut num">
          <span>{media.state === 'failed' ? t('media.failed') : `${duration(at)} / ${duration(total)}`}</span>
          <button
            type="button"
            className="chip xs"
            onClick={() => setSpeed((speed + 1) % speeds.length)}
            aria-label={t('media.speed', { n: rate })}
          >
            {`${rate.toLocaleString()}×`}
          </button>
        </div>
      </div>
      {media.url && (
        <audio
          ref={audio}
          src={media.url}
          preload="none"
          onPlay={() => setPlaying(true)}
          onPause={() => setPlaying(false)}
          onEnded={() => setAt(0)}
          onTimeUpdate={(event) => setAt(event.currentTarget.currentTime * 1000)}
        />
      )}
    </div>
  );
}
