import { Skeleton } from '@/ui/Skeleton';

export const RowSkeleton = ({ height }: { height: number }) => (
  <div className="rows" aria-hidden="true">
    {[0, 1, 2, 3, 4, 5, 6].map((i) => (
      <div className="tk" key={i} style={{ height }}>
        <Skeleton w={40} h={40} round />
        <span className="grow col g8 skl">
          <Skeleton w={120 + ((i * 37) % 60)} h={10} />
          <Skeleton w={180 + ((i * 53) % 70)} h={10} />
        </span>
      </div>
    ))}
  </div>
);
